#include "standard.h"

#include "supervisor/place.h"
#include "sys.h"

#define DESCRIPTORS 3

/* The device's path in /dev, or NULL. The terminal of the command is /dev/console (devices.c). */
static const char *device_at(u64 rdev) {
  static const char *const nodes[] = {"/dev/null", "/dev/console", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};
  struct stat st;
  for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
    if (sys_stat(nodes[i], &st, AT_SYMLINK_NOFOLLOW) == 0 && (st.mode & S_IFMT) == S_IFCHR && st.rdev == rdev) return nodes[i];
  return NULL;
}

void standard_reopen(void) {
  for (long fd = 0; fd < DESCRIPTORS; fd++) {
    struct stat st;
    if (sys_fstat(fd, &st) < 0 || (st.mode & S_IFMT) != S_IFCHR) continue;
    const char *path = device_at(st.rdev);
    long flags = SYS2(NR_fcntl, fd, F_GETFL);
    if (!path || flags < 0) continue;
    long again = sys_open(path, ((int)flags & (O_ACCMODE | O_APPEND | O_NONBLOCK)) | O_NOCTTY, 0);
    if (again < 0) continue; /* A terminal of another user: it stays as it is, and standard_held says so. */
    SYS3(NR_dup3, again, fd, 0);
    sys_close(again);
  }
}

static int in_writable_place(const struct policy *p, long fd) {
  static const char *const links[] = {"/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"};
  static char path[4096];
  long n = SYS4(NR_readlinkat, AT_FDCWD, links[fd], path, sizeof path - 1);
  if (n <= 0) return 0;
  path[n] = 0;
  return place_root(p, path) >= 0;
}

int standard_held(const struct policy *p) {
  for (long fd = 0; fd < DESCRIPTORS; fd++) {
    struct statfs fs;
    struct stat st;
    if (SYS2(NR_fstatfs, fd, &fs) < 0 || sys_fstat(fd, &st) < 0) continue; /* Closed, or nothing that has a mode. */
    int nameless = fs.type == PIPEFS_MAGIC || fs.type == SOCKFS_MAGIC || (fs.type == TMPFS_MAGIC && st.nlink == 0);
    if (!nameless && !(fs.flags & ST_RDONLY) && !in_writable_place(p, fd)) return 0;
  }
  return 1;
}
