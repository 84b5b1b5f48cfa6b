/*
 * Allows xenstored, oxenstored and a Xen QEMU to run on a machine without Xen: it simulates only the hypervisor and
 * the kernel's Xen devices. programs.ts builds it:
 *   gcc -shared -fPIC -o without-xen.so without-xen.c -ldl
 *
 * The state of the hypervisor is in files of the directory $WITHOUT_XEN:
 *   domain-D       domain D exists
 *   page-D-N       a page of domain D's memory: its grant N, or its frame N
 *   event-D-P      a pipe to the process that is bound to port P of domain D, of struct event
 *   event-D-P.up   a pipe to the domain, which gets a byte for each notification
 *   virq-N         a pipe to the process that is bound to virtual interrupt N, of struct event
 *   xsd_port, xsd_kva, and the files of the daemons below /var/run and /var/log
 * A test uses them to simulate a guest (guest.ts).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <xenctrl.h>
#include <xendevicemodel.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>

#define PAGE 4096
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int somewhere;

static const char *directory(void)
{
    const char *path = getenv("WITHOUT_XEN");
    if (path)
        return path;
    fputs("without-xen: WITHOUT_XEN names no directory\n", stderr);
    abort();
}

__attribute__((format(printf, 2, 3)))
static char *in_directory(char path[PATH_MAX], const char *format, ...)
{
    va_list arguments;
    int length = snprintf(path, PATH_MAX, "%s/", directory());
    va_start(arguments, format);
    vsnprintf(path + length, PATH_MAX - length, format, arguments);
    va_end(arguments);
    return path;
}

/* Fixed paths of the daemons. */

static const char *redirected(const char *path, char buffer[PATH_MAX])
{
    static const char *const folders[] = {
        "/proc/xen", "/var/run/xenstored", "/var/run/xen", "/var/log/xen", NULL,
    };
    for (int i = 0; folders[i]; i++) {
        size_t length = strlen(folders[i]);
        if (!strncmp(path, folders[i], length) && (path[length] == '/' || path[length] == '\0'))
            return in_directory(buffer, "%s", path + length);
    }
    return path;
}

static mode_t mode_of(int flags, va_list arguments)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    char buffer[PATH_MAX];
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return NEXT(open)(redirected(path, buffer), flags, mode);
}

int open64(const char *path, int flags, ...)
{
    char buffer[PATH_MAX];
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return NEXT(open64)(redirected(path, buffer), flags, mode);
}

int unlink(const char *path)
{
    char buffer[PATH_MAX];
    return NEXT(unlink)(redirected(path, buffer));
}

int mkdir(const char *path, mode_t mode)
{
    char buffer[PATH_MAX];
    return NEXT(mkdir)(redirected(path, buffer), mode);
}

int chmod(const char *path, mode_t mode)
{
    char buffer[PATH_MAX];
    return NEXT(chmod)(redirected(path, buffer), mode);
}

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    struct sockaddr_un other = { .sun_family = AF_UNIX };
    char buffer[PATH_MAX];
    if (address->sa_family != AF_UNIX)
        return NEXT(bind)(fd, address, length);
    const char *path = ((const struct sockaddr_un *)address)->sun_path;
    const char *instead = redirected(path, buffer);
    if (instead == path)
        return NEXT(bind)(fd, address, length);
    if (strlen(instead) >= sizeof other.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(other.sun_path, instead);
    return NEXT(bind)(fd, (const struct sockaddr *)&other, sizeof other);
}

/* oxenstored requires a higher limit of open files than a container may allow. */
int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
    (void)resource; (void)limit;
    return 0;
}

/* Domains. */

xc_interface *xc_interface_open(xentoollog_logger *a, xentoollog_logger *b, unsigned flags)
{
    (void)a; (void)b; (void)flags;
    return (xc_interface *)&somewhere;
}
int xc_interface_close(xc_interface *xch) { (void)xch; return 0; }

static int domain_exists(uint32_t domid)
{
    char path[PATH_MAX];
    return domid == 0 || access(in_directory(path, "domain-%u", domid), F_OK) == 0;
}

int xc_domain_getinfo(xc_interface *xch, uint32_t first, unsigned int most, xc_dominfo_t *info)
{
    unsigned int found = 0;
    (void)xch;
    for (uint32_t domid = first; domid < DOMID_FIRST_RESERVED && found < most; domid++)
        if (domain_exists(domid))
            info[found++] = (xc_dominfo_t){ .domid = domid };
    return found;
}

int xc_domain_getinfolist(xc_interface *xch, uint32_t first, unsigned int most, xc_domaininfo_t *info)
{
    unsigned int found = 0;
    (void)xch;
    for (uint32_t domid = first; domid < DOMID_FIRST_RESERVED && found < most; domid++)
        if (domain_exists(domid))
            info[found++] = (xc_domaininfo_t){ .domain = domid };
    return found;
}

int xc_evtchn_status(xc_interface *xch, xc_evtchn_status_t *status)
{
    (void)xch;
    status->status = EVTCHNSTAT_interdomain;
    return 0;
}

/* Memory: grants and frames are the same files. */

static void *map_page(uint32_t domid, uint64_t number, int prot, void *where)
{
    char path[PATH_MAX];
    int fd = NEXT(open)(in_directory(path, "page-%u-%llu", domid, (unsigned long long)number), O_RDWR);
    if (fd < 0)
        return NULL;
    void *page = mmap(where, PAGE, prot, MAP_SHARED | (where ? MAP_FIXED : 0), fd, 0);
    close(fd);
    return page == MAP_FAILED ? NULL : page;
}

static void *map_pages(uint32_t domid, size_t count, const uint32_t *refs, const xen_pfn_t *frames, int prot)
{
    char *pages = mmap(NULL, count * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (!map_page(domid, refs ? refs[i] : frames[i], prot, pages + i * PAGE)) {
            munmap(pages, count * PAGE);
            return NULL;
        }
    return pages;
}

void *xc_map_foreign_range(xc_interface *xch, uint32_t dom, int size, int prot, unsigned long mfn)
{
    (void)xch; (void)size;
    return map_page(dom, mfn, prot, NULL);
}

xengnttab_handle *xengnttab_open(struct xentoollog_logger *logger, unsigned flags)
{
    (void)logger; (void)flags;
    return (xengnttab_handle *)&somewhere;
}
int xengnttab_close(xengnttab_handle *xgt) { (void)xgt; return 0; }
int xengnttab_set_max_grants(xengnttab_handle *xgt, uint32_t count) { (void)xgt; (void)count; return 0; }
int xengnttab_unmap(xengnttab_handle *xgt, void *pages, uint32_t count)
{
    (void)xgt;
    return munmap(pages, (size_t)count * PAGE);
}
void *xengnttab_map_grant_ref(xengnttab_handle *xgt, uint32_t domid, uint32_t ref, int prot)
{
    (void)xgt;
    return map_page(domid, ref, prot, NULL);
}
void *xengnttab_map_domain_grant_refs(xengnttab_handle *xgt, uint32_t count, uint32_t domid, uint32_t *refs, int prot)
{
    (void)xgt;
    return map_pages(domid, count, refs, NULL, prot);
}
int xengnttab_grant_copy(xengnttab_handle *xgt, uint32_t count, xengnttab_grant_copy_segment_t *segments)
{
    (void)xgt; (void)count; (void)segments;
    errno = ENOSYS;
    return -1;
}

xenforeignmemory_handle *xenforeignmemory_open(struct xentoollog_logger *logger, unsigned flags)
{
    (void)logger; (void)flags;
    return (xenforeignmemory_handle *)&somewhere;
}
int xenforeignmemory_close(xenforeignmemory_handle *fmem) { (void)fmem; return 0; }
void *xenforeignmemory_map(xenforeignmemory_handle *fmem, uint32_t dom, int prot, size_t count,
                           const xen_pfn_t frames[], int errors[])
{
    (void)fmem;
    void *pages = map_pages(dom, count, NULL, frames, prot);
    if (pages && errors)
        memset(errors, 0, count * sizeof *errors);
    return pages;
}
void *xenforeignmemory_map2(xenforeignmemory_handle *fmem, uint32_t dom, void *where, int prot, int flags,
                            size_t count, const xen_pfn_t frames[], int errors[])
{
    (void)where; (void)flags;
    return xenforeignmemory_map(fmem, dom, prot, count, frames, errors);
}
int xenforeignmemory_unmap(xenforeignmemory_handle *fmem, void *pages, size_t count)
{
    (void)fmem;
    return munmap(pages, count * PAGE);
}

xendevicemodel_handle *xendevicemodel_open(struct xentoollog_logger *logger, unsigned flags)
{
    (void)logger; (void)flags;
    return (xendevicemodel_handle *)&somewhere;
}
int xendevicemodel_close(xendevicemodel_handle *dmod) { (void)dmod; return 0; }

/* Event channels. A handle is one pipe; local port n is its nth binding. */

#define BINDINGS 4096

struct event {
    uint32_t domid; /* DOMID_SELF for a virtual interrupt */
    uint32_t port;
};

struct binding {
    struct event remote;
    int to_domain; /* -1 where nobody is told */
    int bound;
};

struct xenevtchn_handle {
    int fd;
    char pipe[64];
    struct binding bindings[BINDINGS];
};

static int open_pipe(const char *path)
{
    if (mkfifo(path, 0600) && errno != EEXIST)
        return -1;
    return NEXT(open)(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger, unsigned int flags)
{
    static int handles;
    char path[PATH_MAX];
    xenevtchn_handle *xce = calloc(1, sizeof *xce);
    (void)logger; (void)flags;
    snprintf(xce->pipe, sizeof xce->pipe, "events-of-%d-%d", getpid(), handles++);
    xce->fd = open_pipe(in_directory(path, "%s", xce->pipe));
    if (xce->fd >= 0)
        return xce;
    free(xce);
    return NULL;
}

xenevtchn_handle *xenevtchn_fdopen(struct xentoollog_logger *logger, int fd, unsigned flags)
{
    (void)fd;
    return xenevtchn_open(logger, flags);
}

int xenevtchn_fd(xenevtchn_handle *xce) { return xce->fd; }

static xenevtchn_port_or_error_t bind_event(xenevtchn_handle *xce, struct event remote, const char *name)
{
    char path[PATH_MAX];
    for (int port = 1; port < BINDINGS; port++) {
        struct binding *binding = &xce->bindings[port];
        if (binding->bound)
            continue;
        *binding = (struct binding){ .remote = remote, .to_domain = -1, .bound = 1 };
        if (remote.domid != DOMID_SELF)
            binding->to_domain = open_pipe(in_directory(path, "%s.up", name));
        NEXT(unlink)(in_directory(path, "%s", name));
        if (symlink(xce->pipe, path))
            return -1;
        return port;
    }
    errno = ENOSPC;
    return -1;
}

xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *xce, uint32_t domid, evtchn_port_t port)
{
    char name[64];
    snprintf(name, sizeof name, "event-%u-%u", domid, port);
    return bind_event(xce, (struct event){ domid, port }, name);
}

xenevtchn_port_or_error_t xenevtchn_bind_virq(xenevtchn_handle *xce, unsigned int virq)
{
    char name[64];
    snprintf(name, sizeof name, "virq-%u", virq);
    return bind_event(xce, (struct event){ DOMID_SELF, virq }, name);
}

static struct binding *binding_of(xenevtchn_handle *xce, evtchn_port_t port)
{
    if (port < BINDINGS && xce->bindings[port].bound)
        return &xce->bindings[port];
    errno = EINVAL;
    return NULL;
}

int xenevtchn_unbind(xenevtchn_handle *xce, evtchn_port_t port)
{
    char path[PATH_MAX];
    struct binding *binding = binding_of(xce, port);
    if (!binding)
        return -1;
    if (binding->to_domain >= 0)
        close(binding->to_domain);
    if (binding->remote.domid != DOMID_SELF)
        NEXT(unlink)(in_directory(path, "event-%u-%u", binding->remote.domid, binding->remote.port));
    binding->bound = 0;
    return 0;
}

int xenevtchn_close(xenevtchn_handle *xce)
{
    char path[PATH_MAX];
    for (int port = 1; port < BINDINGS; port++)
        if (xce->bindings[port].bound)
            xenevtchn_unbind(xce, port);
    close(xce->fd);
    NEXT(unlink)(in_directory(path, "%s", xce->pipe));
    free(xce);
    return 0;
}

int xenevtchn_notify(xenevtchn_handle *xce, evtchn_port_t port)
{
    struct binding *binding = binding_of(xce, port);
    if (!binding)
        return -1;
    /* If the pipe is full, a notification is pending already. */
    if (binding->to_domain >= 0 && write(binding->to_domain, "", 1) < 0 && errno != EAGAIN)
        return -1;
    return 0;
}

xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *xce)
{
    struct event event;
    while (read(xce->fd, &event, sizeof event) == sizeof event)
        for (int port = 1; port < BINDINGS; port++) {
            const struct binding *binding = &xce->bindings[port];
            if (binding->bound && binding->remote.domid == event.domid && binding->remote.port == event.port)
                return port;
        }
    errno = EAGAIN;
    return -1;
}

int xenevtchn_unmask(xenevtchn_handle *xce, evtchn_port_t port) { (void)xce; (void)port; return 0; }
