#include "target.h"

#include "../fail.h"
#include "../sys.h"
#include "../text.h"
#include "abi.h"

/* Longest name made here: digits, and a name from /proc/PID. */
#define NAME_SIZE 64

static long proc = -1, own_descriptors = -1;

void target_prepare(void) {
  proc = must(sys_open("/proc", O_PATH | O_DIRECTORY, 0), "the supervisor needs /proc", NULL);
}

long target_read(long thread, u64 address, void *to, size_t size) {
  struct iovec here = {to, size}, there = {(void *)address, size};
  long n = SYS6(NR_process_vm_readv, thread, &here, 1, &there, 1, 0);
  if (n < 0) return n;
  return n == (long)size ? 0 : -EFAULT;
}

/* Page by page: what lies behind the string may be no memory. */
long target_string(long thread, u64 address, char *to, size_t size) {
  for (size_t used = 0; used < size;) {
    size_t step = PAGE_SIZE - ((address + used) & (PAGE_SIZE - 1));
    if (step > size - used) step = size - used;
    long error = target_read(thread, address + used, to + used, step);
    if (error < 0) return error;
    for (size_t i = 0; i < step; i++)
      if (!to[used + i]) return 0;
    used += step;
  }
  return -ERANGE;
}

char *target_digits(char *to, long number) {
  char reversed[24];
  int n = 0;
  do reversed[n++] = (char)('0' + number % 10);
  while (number /= 10);
  while (n) *to++ = reversed[--n];
  *to = 0;
  return to;
}

static void name_in_proc(char *to, long thread, const char *name) {
  char *end = target_digits(to, thread);
  *end++ = '/';
  for (size_t i = 0; i <= text_length(name); i++) end[i] = name[i];
}

long target_open(long thread, const char *name) {
  char path[NAME_SIZE];
  name_in_proc(path, thread, name);
  return SYS4(NR_openat, proc, path, O_PATH | O_CLOEXEC, 0);
}

long target_look(long thread, const char *name, struct statx *to) {
  char path[NAME_SIZE];
  name_in_proc(path, thread, name);
  return SYS5(NR_statx, proc, path, 0, STATX_BASIC | STATX_BTIME, to);
}

long target_where(long thread, const char *name, char *to, size_t size) {
  char path[NAME_SIZE];
  name_in_proc(path, thread, name);
  return SYS4(NR_readlinkat, proc, path, to, size);
}

u32 target_link_mode(long thread, const char *name) {
  char path[NAME_SIZE];
  struct statx link;
  name_in_proc(path, thread, name);
  return SYS5(NR_statx, proc, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC, &link) < 0 ? 0 : link.mode;
}

long target_list(long thread, const char *name) {
  char path[NAME_SIZE];
  name_in_proc(path, thread, name);
  return SYS4(NR_openat, proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
}

long target_reopen(long thread, const char *name) {
  char path[NAME_SIZE];
  name_in_proc(path, thread, name);
  return SYS4(NR_openat, proc, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
}

long target_descriptor(long thread, s32 fd) {
  char name[NAME_SIZE] = "fd/";
  if (fd < 0) return -EBADF;
  target_digits(name + 3, fd);
  long opened = target_open(thread, name);
  return opened == -ENOENT ? -EBADF : opened;
}

long target_file(long thread, const char *name, char *to, size_t size) {
  char path[NAME_SIZE];
  name_in_proc(path, thread, name);
  long fd = SYS4(NR_openat, proc, path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return fd;
  long n = sys_read(fd, to, size - 1);
  sys_close(fd);
  if (n >= 0) to[n] = 0;
  return n;
}

long target_own_link(long fd, char *name) {
  if (own_descriptors < 0) own_descriptors = SYS4(NR_openat, proc, "self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
  target_digits(name, fd);
  return own_descriptors;
}
