/*
 * In a lab, libvirtd only starts if this is loaded with LD_PRELOAD: it adds the CPU flag SEP to those that libxl
 * reports for this host, and changes nothing else.
 *
 * The emulated processor is an AMD one, so that Xen can run HVM guests with SVM. Xen hides SYSENTER (SEP) from
 * 64-bit guests on AMD, including dom0, and libvirt determines the CPU model of the host only from these flags
 * (libxl_conf.c: libxlCapsInitCPU). Every model in its map requires SEP, so it fails: `x86Decode: Cannot find
 * suitable CPU model for given data`.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <libxl.h>

/* CPUID leaf 1, EDX: the first word of hw_cap. */
#define SEP (1u << 11)

int libxl_get_physinfo(libxl_ctx *ctx, libxl_physinfo *physinfo)
{
    int (*next)(libxl_ctx *, libxl_physinfo *) = dlsym(RTLD_NEXT, "libxl_get_physinfo");
    int status = next(ctx, physinfo);
    if (status == 0)
        physinfo->hw_cap[0] |= SEP;
    return status;
}
