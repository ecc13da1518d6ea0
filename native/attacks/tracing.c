#include "attack.h"

#include <elf.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

/* What a traced child calls until its tracer puts something else in that place. */
#define PLACE_HOLDER SYS_getppid

#if defined(__x86_64__)
static long number_of(pid_t child) {
  struct user_regs_struct regs;
  return ptrace(PTRACE_GETREGS, child, 0, &regs) < 0 ? -1 : (long)regs.orig_rax;
}
static long result_of(pid_t child) {
  struct user_regs_struct regs;
  return ptrace(PTRACE_GETREGS, child, 0, &regs) < 0 ? -errno : (long)regs.rax;
}
static long put_call(pid_t child, long number, long first, long second) {
  struct user_regs_struct regs;
  if (ptrace(PTRACE_GETREGS, child, 0, &regs) < 0) return -errno;
  regs.orig_rax = (unsigned long)number;
  regs.rdi = (unsigned long)first;
  regs.rsi = (unsigned long)second;
  regs.rdx = 0;
  return ptrace(PTRACE_SETREGS, child, 0, &regs);
}
#else
static struct user_regs_struct regs;
static long registers(pid_t child, int request) {
  struct iovec part = {&regs, sizeof regs};
  return ptrace(request, child, NT_PRSTATUS, &part);
}
static long number_of(pid_t child) { return registers(child, PTRACE_GETREGSET) < 0 ? -1 : (long)regs.regs[8]; }
static long result_of(pid_t child) { return registers(child, PTRACE_GETREGSET) < 0 ? -errno : (long)regs.regs[0]; }
static long put_call(pid_t child, long number, long first, long second) {
  int call = (int)number;
  struct iovec part = {&call, sizeof call};
  if (registers(child, PTRACE_GETREGSET) < 0) return -errno;
  regs.regs[0] = (unsigned long)first;
  regs.regs[1] = (unsigned long)second;
  regs.regs[2] = 0;
  if (registers(child, PTRACE_SETREGSET) < 0) return -errno;
  return ptrace(PTRACE_SETREGSET, child, 0x404 /* NT_ARM_SYSTEM_CALL */, &part);
}
#endif

/* A child that stops to be traced; negative where that is refused. */
static pid_t traced_child(void) {
  int status;
  pid_t child = fork();
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0) _exit(errno);
    raise(SIGSTOP);
    syscall(PLACE_HOLDER);
    _exit(0);
  }
  waitpid(child, &status, 0);
  return WIFSTOPPED(status) ? child : -WEXITSTATUS(status);
}

static void end(pid_t child) {
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}

static int next_stop(pid_t child) {
  int status;
  if (ptrace(PTRACE_SYSCALL, child, 0, 0) < 0) return 0;
  return waitpid(child, &status, 0) == child && WIFSTOPPED(status);
}

/* Puts another call in the place of the child's: what the child could not have made by itself. */
static int put_in(long number, long first, long second) {
  pid_t child = traced_child();
  if (child < 0) return -child;
  long result = -ECHILD;
  while (next_stop(child)) {
    if (number_of(child) != PLACE_HOLDER) continue;
    result = put_call(child, number, first, second);
    if (result == 0) result = next_stop(child) ? result_of(child) : -ECHILD;
    break;
  }
  end(child);
  return result < 0 ? (int)-result : 0;
}

static int put_in_unshare(char **argv) { return put_in(SYS_unshare, strtol(argv[0], NULL, 16), 0); }
/* The name lies at the same address in the child. */
static int put_in_remove(char **argv) { return put_in(SYS_unlinkat, AT_FDCWD, (long)argv[0]); }
static int put_in_nothing(char **argv) {
  (void)argv;
  return put_in(SYS_getpid, 0, 0);
}

/* Takes the child's filter off for as long as it is traced. */
static int suspend_filter(char **argv) {
  (void)argv;
  pid_t child = traced_child();
  if (child < 0) return -child;
  int error = outcome(ptrace(PTRACE_SETOPTIONS, child, 0, 1 << 21 /* PTRACE_O_SUSPEND_SECCOMP */));
  end(child);
  return error;
}

/* Reads and writes the memory of a child. */
static int child_memory(char **argv) {
  (void)argv;
  static volatile int word = 7;
  int got = 0, put = 9;
  pid_t child = fork();
  if (child == 0)
    for (;;) pause();
  struct iovec there = {(void *)&word, sizeof word}, into = {&got, sizeof got}, from = {&put, sizeof put};
  int error = outcome(process_vm_readv(child, &into, 1, &there, 1, 0));
  if (!error) error = got == 7 ? outcome(process_vm_writev(child, &from, 1, &there, 1, 0)) : EIO;
  end(child);
  return error;
}

const struct attack tracing_attacks[] = {
    {"put-in-unshare", put_in_unshare}, {"put-in-remove", put_in_remove}, {"put-in-nothing", put_in_nothing},
    {"suspend-filter", suspend_filter}, {"child-memory", child_memory},   {NULL, NULL},
};
