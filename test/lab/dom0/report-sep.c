/*
 * libvirtd starts in a lab only with this, loaded with LD_PRELOAD: it adds one CPU flag to what libxl
 * reports of this host, SEP, and changes nothing else.
 *
 * The emulated processor is an AMD one, for Xen runs HVM guests on its SVM. Xen hides SYSENTER (SEP) from
 * 64-bit guests on AMD, dom0 included, and libvirt finds the host's CPU model by these flags alone (libxl_conf.c:
 * libxlCapsInitCPU). Each model in its map requires SEP, so it gives up: `x86Decode: Cannot find suitable CPU
 * model for given data`.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <libxl.h>

/* CPUID leaf 1, EDX, which is the first word of hw_cap. */
#define SEP (1u << 11)

int libxl_get_physinfo(libxl_ctx *ctx, libxl_physinfo *physinfo)
{
    int (*next)(libxl_ctx *, libxl_physinfo *) = dlsym(RTLD_NEXT, "libxl_get_physinfo");
    int status = next(ctx, physinfo);
    if (status == 0)
        physinfo->hw_cap[0] |= SEP;
    return status;
}
