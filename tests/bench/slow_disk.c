/* Every flush takes two milliseconds longer, as on a disk that is honest and not of the newest.
   Put in front of the C library's own by LD_PRELOAD (slow_disk.py), and counted in the file that
   SLOW_DISK_COUNT names: a number of eight bytes, shared by all processes of a server. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic unsigned long *count;

__attribute__((constructor)) static void open_count(void) {
    const char *path = getenv("SLOW_DISK_COUNT");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *shared = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared != MAP_FAILED) count = shared;
    if (file >= 0) close(file);
}

static int flush(const char *name, int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    usleep(2000);
    if (count) atomic_fetch_add(count, 1);
    return real(file);
}

int fsync(int file) { return flush("fsync", file); }
int fdatasync(int file) { return flush("fdatasync", file); }
