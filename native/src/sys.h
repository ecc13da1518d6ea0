/* Raw system calls. Each returns the kernel's answer: a negative errno on failure. */
#ifndef MOAT_SYS_H
#define MOAT_SYS_H

#include "abi.h"

#define NULL ((void *)0)

#if defined(__x86_64__)
#define CALL(...) __asm__ volatile("syscall" : "=a"(result) : "a"(n), __VA_ARGS__ : "rcx", "r11", "memory")
static inline long sys1(long n, long a) {
  long result;
  CALL("D"(a));
  return result;
}
static inline long sys3(long n, long a, long b, long c) {
  long result;
  CALL("D"(a), "S"(b), "d"(c));
  return result;
}
static inline long sys6(long n, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  CALL("D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9));
  return result;
}
#else
#define CALL(...) __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), __VA_ARGS__ : "memory")
static inline long sys3(long n, long a, long b, long c) {
  register long x8 __asm__("x8") = n;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  CALL("r"(x1), "r"(x2));
  return x0;
}
static inline long sys1(long n, long a) {
  register long x8 __asm__("x8") = n;
  register long x0 __asm__("x0") = a;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8) : "memory");
  return x0;
}
static inline long sys6(long n, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = n;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  CALL("r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5));
  return x0;
}
#endif
#undef CALL

/* What a call does not take is not set either: a few bytes at each of hundreds of places. */
#define SYS0(n) sys1(n, 0)
#define SYS1(n, a) sys1(n, (long)(a))
#define SYS2(n, a, b) sys3(n, (long)(a), (long)(b), 0)
#define SYS3(n, a, b, c) sys3(n, (long)(a), (long)(b), (long)(c))
#define SYS4(n, a, b, c, d) sys6(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define SYS5(n, a, b, c, d, e) sys6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define SYS6(n, a, b, c, d, e, f) sys6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

static inline long sys_open(const char *path, int flags, int mode) {
  return SYS4(NR_openat, AT_FDCWD, path, flags | O_CLOEXEC, mode);
}
/* O_PATH descriptor of exactly `path`: -ELOOP when a component is a symlink (a trailing one is opened itself). */
static inline long sys_open_exact(const char *path) {
  struct open_how how = {O_PATH | O_NOFOLLOW | O_CLOEXEC, 0, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
  return SYS4(NR_openat2, AT_FDCWD, path, &how, sizeof how);
}
static inline long sys_close(long fd) { return SYS1(NR_close, fd); }
/* Nothing is at exactly `path`, and nothing but directories is on the way to where it is missing. */
static inline int sys_is_missing(const char *path) {
  long fd = sys_open_exact(path);
  if (fd >= 0) sys_close(fd);
  return fd == -ENOENT;
}
static inline long sys_read(long fd, void *to, size_t size) { return SYS3(NR_read, fd, to, size); }
static inline long sys_write(long fd, const void *from, size_t size) { return SYS3(NR_write, fd, from, size); }
static inline long sys_stat(const char *path, struct stat *to, int flags) {
  return SYS4(NR_newfstatat, AT_FDCWD, path, to, flags);
}
static inline long sys_fstat(long fd, struct stat *to) { return SYS4(NR_newfstatat, fd, "", to, AT_EMPTY_PATH); }
static inline int sys_is_directory(long fd) {
  struct stat st;
  return sys_fstat(fd, &st) == 0 && (st.mode & S_IFMT) == S_IFDIR;
}
static inline long sys_prctl(long what, long a) { return SYS5(NR_prctl, what, a, 0, 0, 0); }
static inline long sys_kill(long pid, int signal) { return SYS2(NR_kill, pid, signal); }
/* fork() with further clone flags (namespaces); the child goes on with a copy of the stack. */
static inline long sys_fork(unsigned long flags) { return SYS5(NR_clone, flags | SIGCHLD, 0, 0, 0, 0); }
static inline void __attribute__((noreturn)) sys_exit(int code) {
  for (;;) SYS1(NR_exit_group, code);
}

#endif
