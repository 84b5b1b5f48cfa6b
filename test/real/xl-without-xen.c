/*
 * Lets `xl create -n` read a config on a machine that runs no Xen: answers what xl asks of
 * the hypervisor and of xenstore before it parses. It is loaded with LD_PRELOAD by real-xl.ts,
 * which also builds it:  gcc -shared -fPIC -o xl-without-xen.so xl-without-xen.c
 *
 * Only start-up is answered; the parser is the one that Debian ships. The machine it
 * describes has 64 CPUs, eight nodes, and can run PV and HVM guests.
 */
#include <libxl.h>
#include <xenctrl.h>
#include <stdlib.h>
#include <string.h>

static int somewhere;

struct xs_handle *xs_open(unsigned long flags) { (void)flags; return (struct xs_handle *)&somewhere; }
struct xs_handle *xs_daemon_open(void) { return xs_open(0); }
void xs_close(struct xs_handle *h) { (void)h; }
void xs_daemon_close(struct xs_handle *h) { (void)h; }

xc_interface *xc_interface_open(xentoollog_logger *a, xentoollog_logger *b, unsigned flags)
{
    (void)a; (void)b; (void)flags;
    return (xc_interface *)&somewhere;
}
int xc_interface_close(xc_interface *h) { (void)h; return 0; }

const libxl_version_info *libxl_get_version_info(libxl_ctx *ctx)
{
    static libxl_version_info info;
    (void)ctx;
    info.xen_version_major = 4;
    info.xen_version_minor = 17;
    info.xen_version_extra = "";
    info.commandline = "";
    info.pagesize = 4096;
    return &info;
}

int libxl_get_physinfo(libxl_ctx *ctx, libxl_physinfo *physinfo)
{
    (void)ctx;
    physinfo->nr_cpus = 8;
    physinfo->nr_nodes = 8;
    physinfo->cap_hvm = 1;
    physinfo->cap_pv = 1;
    physinfo->cap_hap = 1;
    return 0;
}

int libxl_get_max_cpus(libxl_ctx *ctx) { (void)ctx; return 64; }
int libxl_get_online_cpus(libxl_ctx *ctx) { (void)ctx; return 64; }
int libxl_get_max_nodes(libxl_ctx *ctx) { (void)ctx; return 8; }
libxl_numainfo *libxl_get_numainfo(libxl_ctx *ctx, int *nr) { (void)ctx; *nr = 0; return NULL; }
libxl_cputopology *libxl_get_cpu_topology(libxl_ctx *ctx, int *nr) { (void)ctx; *nr = 0; return NULL; }
libxl_cpupoolinfo *libxl_list_cpupool(libxl_ctx *ctx, int *nr) { (void)ctx; *nr = 0; return NULL; }
