/* become [--uid N] [--filter docker|no-landlock|neither|no-peeking] -- COMMAND…: another user, and a machine that refuses things.
 * docker: no namespaces, as under Docker's default profile. no-landlock: a kernel without Landlock. neither: both. no-peeking: nobody
 * reads the memory of others, as with Yama's ptrace_scope 2. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct sock_filter code[64];
static unsigned short used;

static void emit(unsigned short op, unsigned char yes, unsigned char no, unsigned value) {
  code[used++] = (struct sock_filter){op, yes, no, value};
}
static void answer(int number, int error) {
  emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (unsigned)number);
  emit(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | (unsigned)error);
}

static void filter(const char *kind) {
  int docker = !strcmp(kind, "docker") || !strcmp(kind, "neither");
  int old = !strcmp(kind, "no-landlock") || !strcmp(kind, "neither");
  const int refused[] = {SYS_unshare, SYS_mount, SYS_umount2, SYS_setns, SYS_pivot_root, 428, 429, 430, 431, 432, 433, 442};
  emit(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
  if (docker) {
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) answer(refused[i], EPERM);
    answer(435, ENOSYS);
  }
  if (!strcmp(kind, "no-peeking")) answer(SYS_process_vm_readv, EPERM);
  if (old)
    for (int number = 444; number <= 446; number++) answer(number, ENOSYS);
  if (docker) {
    emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 3, SYS_clone);
    emit(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, args[0]));
    emit(BPF_JMP | BPF_JSET | BPF_K, 0, 1, 0x7e020000 /* CLONE_NEW… */);
    emit(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM);
  }
  emit(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
  struct sock_fprog program = {used, code};
  if (geteuid() != 0) prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0) {
    perror("become: seccomp");
    exit(2);
  }
}

int main(int argc, char **argv) {
  int i = 1;
  const char *kind = NULL;
  for (; i + 1 < argc && strcmp(argv[i], "--"); i += 2) {
    if (!strcmp(argv[i], "--uid")) {
      unsigned id = (unsigned)atoi(argv[i + 1]);
      if (setgroups(0, NULL) < 0 || setresgid(id, id, id) < 0 || setresuid(id, id, id) < 0) return perror("become"), 2;
    } else if (!strcmp(argv[i], "--filter")) {
      kind = argv[i + 1];
    }
  }
  if (i + 1 >= argc) return 2;
  if (kind) filter(kind);
  execvp(argv[i + 1], argv + i + 1);
  perror("become: exec");
  return 127;
}
