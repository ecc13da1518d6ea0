#include "seccomp.h"

#include "fail.h"
#include "sys.h"

/* Offsets in struct seccomp_data; the low half of an argument comes first on both architectures. */
#define OFFSET_NUMBER 0
#define OFFSET_ARCH 4
#define OFFSET_ARG(n) (16 + 8 * (n))
#define CLONE_NAMESPACES                                                                                     \
  (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

struct program {
  int used;
  struct sock_filter code[400];
};

static void emit(struct program *f, u16 code, u8 yes, u8 no, u32 k) {
  if (f->used == sizeof f->code / sizeof *f->code) fail("the system call filter is too long", NULL, 0);
  f->code[f->used++] = (struct sock_filter){code, yes, no, k};
}

static void load_arg(struct program *f, int n) { emit(f, BPF_LOAD_WORD, 0, 0, OFFSET_ARG(n)); }
static void answer(struct program *f, int error) {
  emit(f, BPF_RETURN, 0, 0, error ? SECCOMP_RET_ERRNO | (u32)error : SECCOMP_RET_ALLOW);
}
/* Answers `error` (0: allows) when the loaded word is `value`. */
static void answer_if(struct program *f, u32 value, int error) {
  emit(f, BPF_JUMP_EQ, 0, 1, value);
  answer(f, error);
}
/* Refuses a call; `number` -1 is a call that this architecture does not have. */
static void refuse(struct program *f, int number, int error) {
  if (number >= 0) answer_if(f, (u32)number, error);
}

/* Rules on a call's arguments stand between these two: they end in an answer, so nothing falls out of them. */
static int begin(struct program *f, int number) {
  emit(f, BPF_JUMP_EQ, 0, 0, (u32)number);
  return f->used - 1;
}
static void end(struct program *f, int start) {
  answer(f, 0);
  int distance = f->used - start - 1;
  if (distance > 255) fail("a rule of the system call filter is too long to jump over", NULL, 0);
  f->code[start].jf = (u8)distance;
}

/* Allows the call only when its argument `n` is 0, that is: only for the caller itself. */
static void only_zero(struct program *f, int number, int n) {
  int start = begin(f, number);
  load_arg(f, n);
  answer_if(f, 0, 0);
  answer(f, EPERM);
  end(f, start);
}

static void refuse_kernel_surface(struct program *f) {
  static const int calls[] = {
      /* namespaces and mounts */
      NR_unshare, NR_setns, NR_mount, NR_umount2, NR_pivot_root, NR_open_tree, NR_open_tree_attr, NR_move_mount, NR_fsopen,
      NR_fsconfig, NR_fsmount, NR_fspick, NR_mount_setattr,
      /* other processes */
      NR_ptrace, NR_process_vm_readv, NR_process_vm_writev, NR_pidfd_getfd, NR_kcmp, NR_move_pages, NR_migrate_pages,
      /* large parts of the kernel that ordinary programs do without */
      NR_io_uring_setup, NR_io_uring_enter, NR_io_uring_register, NR_bpf, NR_perf_event_open, NR_userfaultfd, NR_keyctl,
      NR_add_key, NR_request_key, NR_open_by_handle_at, NR_fanotify_init, NR_lookup_dcookie, NR_uselib, NR_modify_ldt,
      NR_iopl, NR_ioperm, NR_vhangup,
      /* the machine */
      NR_init_module, NR_finit_module, NR_delete_module, NR_kexec_load, NR_kexec_file_load, NR_clock_settime,
      NR_settimeofday, NR_clock_adjtime, NR_adjtimex, NR_swapon, NR_swapoff, NR_reboot, NR_sethostname, NR_setdomainname,
      NR_acct, NR_quotactl, NR_quotactl_fd, NR_syslog,
  };
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) refuse(f, calls[i], EPERM);
  refuse(f, NR_clone3, ENOSYS); /* Its flags lie in memory, where a filter cannot look; libc falls back to clone. */
  int start = begin(f, NR_clone);
  load_arg(f, 0);
  emit(f, BPF_JUMP_SET, 0, 1, CLONE_NAMESPACES);
  answer(f, EPERM);
  end(f, start);
}

static void refuse_terminal_input(struct program *f) {
  int start = begin(f, NR_ioctl);
  load_arg(f, 1);
  answer_if(f, TIOCSTI, EPERM);
  answer_if(f, TIOCLINUX, EPERM);
  end(f, start);
}

/* What a PID or IPC namespace would hide. */
static void refuse_what_no_namespace_hides(struct program *f, int abi) {
  static const int ipc[] = {NR_shmget, NR_shmat, NR_shmctl, NR_semget, NR_semop, NR_semtimedop, NR_semctl,
                            NR_msgget, NR_msgsnd, NR_msgrcv, NR_msgctl, NR_mq_open};
  for (size_t i = 0; i < sizeof ipc / sizeof *ipc; i++) refuse(f, ipc[i], EPERM);
  only_zero(f, NR_setpriority, 1);
  only_zero(f, NR_ioprio_set, 1);
  only_zero(f, NR_sched_setscheduler, 0);
  only_zero(f, NR_sched_setparam, 0);
  only_zero(f, NR_sched_setattr, 0);
  if (abi >= 6) return; /* Landlock scopes signals. */
  int start = begin(f, NR_kill);
  load_arg(f, 0);
  answer_if(f, (u32)-1, EPERM);
  end(f, start);
}

/* Before ABI 3 Landlock does not see that a file is cut to nothing without being opened for writing. */
static void refuse_unseen_truncation(struct program *f) {
  static const struct { int number, flags; } opens[] = {{NR_open, 1}, {NR_openat, 2}};
  refuse(f, NR_truncate, EPERM);
  refuse(f, NR_openat2, ENOSYS);
  for (size_t i = 0; i < sizeof opens / sizeof *opens; i++) {
    if (opens[i].number < 0) continue;
    int start = begin(f, opens[i].number);
    load_arg(f, opens[i].flags);
    emit(f, BPF_AND, 0, 0, O_TRUNC | O_ACCMODE);
    answer_if(f, O_TRUNC | O_RDONLY, EPERM);
    end(f, start);
  }
}

int inet_allowed(const struct policy *p) { return p->net == NET_FULL || p->tier != TIER_LANDLOCK; }

enum unix_sockets unix_enforced(const struct policy *p) {
  if (p->unix_sockets == UNIX_MASKED && p->foreign_sockets) return UNIX_NONE;
  return p->unix_sockets;
}

/* socketpair() is not named here: it reaches nobody, and ordinary programs need it. */
static void rule_sockets(struct program *f, const struct policy *p) {
  static const u32 protocols[] = {0, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6};
  int start = begin(f, NR_socket);
  load_arg(f, 0);
  answer_if(f, AF_UNIX, unix_enforced(p) == UNIX_NONE ? EPERM : 0);
  if (!inet_allowed(p)) {
    answer_if(f, AF_INET, EPERM);
    answer_if(f, AF_INET6, EPERM);
  }
  /* NETLINK_ROUTE (0) lists interfaces and addresses; the other netlinks talk to the rest of the kernel. */
  emit(f, BPF_JUMP_EQ, 0, 4, AF_NETLINK);
  load_arg(f, 2);
  answer_if(f, 0, 0);
  answer(f, EPERM);
  emit(f, BPF_JUMP_EQ, 2, 0, AF_INET);
  emit(f, BPF_JUMP_EQ, 1, 0, AF_INET6);
  answer(f, EAFNOSUPPORT);
  /* Of the internet families no protocol but these: MPTCP would not be seen by Landlock's rules on TCP. */
  load_arg(f, 2);
  for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) answer_if(f, protocols[i], 0);
  answer(f, EPROTONOSUPPORT);
  end(f, start);
}

void seccomp_apply(const struct policy *p, int abi) {
  struct program f = {0};
  emit(&f, BPF_LOAD_WORD, 0, 0, OFFSET_ARCH);
  emit(&f, BPF_JUMP_EQ, 1, 0, AUDIT_ARCH_HERE);
  emit(&f, BPF_RETURN, 0, 0, SECCOMP_RET_KILL_PROCESS);
  emit(&f, BPF_LOAD_WORD, 0, 0, OFFSET_NUMBER);
#ifdef X32_BIT
  emit(&f, BPF_JUMP_GE, 0, 1, X32_BIT);
  answer(&f, ENOSYS);
#endif
  refuse_kernel_surface(&f);
  refuse_terminal_input(&f);
  only_zero(&f, NR_prlimit64, 0);
  if (p->tier == TIER_LANDLOCK) refuse_what_no_namespace_hides(&f, abi);
  if (abi > 0 && abi < 3) refuse_unseen_truncation(&f);
  rule_sockets(&f, p);
  answer(&f, 0);
  struct sock_fprog program = {.len = (u16)f.used, .filter = f.code};
  must(SYS3(NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), "the system call filter cannot be installed", NULL);
}
