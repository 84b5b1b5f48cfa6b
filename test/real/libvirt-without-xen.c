/*
 * Allows libvirtd's Xen driver to define domains on a machine without Xen, and to start them up to the call of
 * libxl: it answers the requests of the driver and of libxl to the hypervisor and xenstore. real-libvirt.ts
 * builds it and loads it with LD_PRELOAD.
 *
 * libxl_domain_create_new, to which the driver passes the domain, writes its arguments to the file named by
 * V2X_CREATED, and fails. The machine has 8 CPUs and supports PV, PVH and HVM guests.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libxl.h>
#include <libxl_utils.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xenctrl.h>

static int somewhere;
struct xs_handle *xs_open(unsigned long flags) { (void)flags; return (struct xs_handle *)&somewhere; }
struct xs_handle *xs_daemon_open(void) { return xs_open(0); }
struct xs_handle *xs_daemon_open_readonly(void) { return xs_open(0); }
void xs_close(struct xs_handle *h) { (void)h; }
void xs_daemon_close(struct xs_handle *h) { (void)h; }
void *xs_read(struct xs_handle *h, unsigned t, const char *path, unsigned int *len) { (void)h;(void)t;(void)path; if (len) *len=0; errno=ENOENT; return NULL; }

xc_interface *xc_interface_open(xentoollog_logger *a, xentoollog_logger *b, unsigned flags)
{ (void)a; (void)b; (void)flags; return (xc_interface *)&somewhere; }
int xc_interface_close(xc_interface *h) { (void)h; return 0; }

const libxl_version_info *libxl_get_version_info(libxl_ctx *ctx)
{
    static libxl_version_info info;
    (void)ctx;
    info.xen_version_major = 4;
    info.xen_version_minor = 17;
    info.xen_version_extra = "";
    static char caps[128]; strcpy(caps, "xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64"); info.capabilities = caps;
    info.commandline = "dom0_mem=1024M,max:1024M";
    info.pagesize = 4096;
    return &info;
}
int libxl_get_physinfo(libxl_ctx *ctx, libxl_physinfo *p)
{
    (void)ctx;
    p->nr_cpus = 8; p->nr_nodes = 1; p->cap_hvm = 1; p->cap_pv = 1; p->cap_hap = 1; p->cap_hvm_directio = 1;
    p->hw_cap[0] = 0x178bfbff; p->hw_cap[1] = 0xfed8320b; p->hw_cap[2] = 0x2fd3fbff; p->hw_cap[3] = 0x35c233ff; p->total_pages = 4194304; p->max_cpu_id = 7; p->threads_per_core = 1; p->cores_per_socket = 8; p->cpu_khz = 2000000;
    return 0;
}
int libxl_get_max_cpus(libxl_ctx *ctx) { (void)ctx; return 64; }
int libxl_get_online_cpus(libxl_ctx *ctx) { (void)ctx; return 64; }
int libxl_get_max_nodes(libxl_ctx *ctx) { (void)ctx; return 1; }
libxl_numainfo *libxl_get_numainfo(libxl_ctx *ctx, int *nr)
{ (void)ctx; *nr = 1; libxl_numainfo *n = calloc(1, sizeof *n); n->size = 16ull<<30; n->free = 8ull<<30; n->num_dists = 1; n->dists = calloc(1, sizeof *n->dists); n->dists[0] = 10; return n; }
libxl_cputopology *libxl_get_cpu_topology(libxl_ctx *ctx, int *nr)
{ (void)ctx; *nr = 8; libxl_cputopology *t = calloc(8, sizeof *t); for (int i = 0; i < 8; i++) { t[i].core = i; } return t; }
libxl_cpupoolinfo *libxl_list_cpupool(libxl_ctx *ctx, int *nr) { (void)ctx; *nr = 0; return NULL; }
int libxl_domain_info(libxl_ctx *ctx, libxl_dominfo *d, uint32_t domid) { (void)ctx; if (domid) return ERROR_DOMAIN_NOTFOUND; if (!d) return 0; d->domid=0; d->running=1; d->max_memkb=1048576; d->current_memkb=1048576; d->vcpu_max_id=7; d->vcpu_online=8; return 0; }
int libxl_get_free_memory(libxl_ctx *ctx, uint64_t *m) { (void)ctx; *m = 8ull<<30; return 0; }
int libxl_domain_need_memory(libxl_ctx *ctx, libxl_domain_config *c, uint32_t d, uint64_t *m) { (void)ctx;(void)c;(void)d; *m = 1024; return 0; }
int libxl_get_scheduler(libxl_ctx *ctx) { (void)ctx; return LIBXL_SCHEDULER_CREDIT2; }
int libxl_evenable_domain_death(libxl_ctx *ctx, uint32_t domid, libxl_ev_user u, libxl_evgen_domain_death **e) { (void)ctx;(void)domid;(void)u; *e=NULL; return 0; }
int libxl_domain_create_new(libxl_ctx *ctx, libxl_domain_config *c, uint32_t *domid, const libxl_asyncop_how *h, const libxl_asyncprogress_how *p)
{
    (void)domid;(void)h;(void)p;
    char *json = libxl_domain_config_to_json(ctx, c);
    const char *path = getenv("V2X_CREATED");
    FILE *f = path ? fopen(path, "w") : NULL;
    if (f) { fputs(json, f); fclose(f); }
    free(json);
    return ERROR_FAIL;
}
static const char *caps = "/proc/xen/capabilities";
static const char *swap(const char *p) { const char *to = getenv("V2X_CAPABILITIES"); return p && to && !strcmp(p, caps) ? to : p; }
#define NEXT(t, n) static __typeof__(t) *next; if (!next) next = (__typeof__(t) *)dlsym(RTLD_NEXT, n)
int access(const char *p, int m) { NEXT(int (const char*,int), "access"); return next(swap(p), m); }
int open(const char *p, int fl, ...) { va_list a; va_start(a, fl); int m = va_arg(a, int); va_end(a); NEXT(int (const char*,int,...), "open"); return next(swap(p), fl, m); }
int open64(const char *p, int fl, ...) { va_list a; va_start(a, fl); int m = va_arg(a, int); va_end(a); NEXT(int (const char*,int,...), "open64"); return next(swap(p), fl, m); }
int __open_2(const char *p, int fl) { return open(p, fl); }
int __open64_2(const char *p, int fl) { return open64(p, fl); }
int libxl_userdata_retrieve(libxl_ctx *c, uint32_t d, const char *id, uint8_t **data, int *len) { (void)c;(void)d;(void)id; if (data) *data = NULL; if (len) *len = 0; return 0; }
int libxl_flask_context_to_sid(libxl_ctx *c, char *buf, size_t len, uint32_t *sid) { (void)c;(void)buf;(void)len; *sid = 1; return 0; }
