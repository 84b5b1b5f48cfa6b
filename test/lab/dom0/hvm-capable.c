/*
 * Has libvirtd believe that this Xen can run HVM and PVH guests, which an emulated one cannot, and
 * lets no guest start: the hand-over to libxl fails. Loaded with LD_PRELOAD by driver.ts, which also
 * builds it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <libxl.h>
#include <stdio.h>

const libxl_version_info *libxl_get_version_info(libxl_ctx *ctx)
{
    const libxl_version_info *(*next)(libxl_ctx *) = dlsym(RTLD_NEXT, "libxl_get_version_info");
    /* The driver takes the string apart where it is. */
    static char capabilities[128];
    static libxl_version_info info;
    info = *next(ctx);
    snprintf(capabilities, sizeof capabilities, "xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64");
    info.capabilities = capabilities;
    return &info;
}

int libxl_domain_create_new(libxl_ctx *ctx, libxl_domain_config *config, uint32_t *domid,
                            const libxl_asyncop_how *how, const libxl_asyncprogress_how *progress)
{
    (void)ctx; (void)config; (void)domid; (void)how; (void)progress;
    return ERROR_FAIL;
}
