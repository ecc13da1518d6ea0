#include "seccomp.h"

#include "fail.h"
#include "filter.h"
#include "record/rules.h"
#include "supervisor/calls.h"
#include "supervisor/supervisor.h"
#include "sys.h"

#define CLONE_NAMESPACES                                                                                     \
  (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

/* Allows the call only when its argument `n` is 0, that is: only for the caller itself. */
static void only_zero(struct filter *f, int number, int n) {
  filter_rule(f, number);
  filter_load(f, n);
  filter_answer_if(f, 0, 0);
  filter_answer(f, EPERM);
}

/* Among the command's own processes tracing opens what each could do by itself: Landlock keeps every process apart that is not in its
 * domain (process 1 of the namespaces, above all), the PID namespace hides all others, and the filter judges a call after its tracer
 * changed it (Linux 4.8; Landlock came later). With one of the two missing it stays closed. */
static void rule_tracing(struct filter *f, const struct policy *p) {
  static const int calls[] = {NR_ptrace, NR_process_vm_readv, NR_process_vm_writev};
  if (p->tier == TIER_NS) return;
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) filter_refuse(f, calls[i], EPERM);
}

static void refuse_kernel_surface(struct filter *f) {
  static const int calls[] = {
      /* namespaces and mounts */
      NR_unshare, NR_setns, NR_mount, NR_umount2, NR_pivot_root, NR_chroot, NR_open_tree, NR_open_tree_attr, NR_move_mount, NR_fsopen,
      NR_fsconfig, NR_fsmount, NR_fspick, NR_mount_setattr,
      /* other processes */
      NR_pidfd_getfd, NR_kcmp, NR_move_pages, NR_migrate_pages,
      /* large parts of the kernel that ordinary programs do without */
      NR_io_uring_setup, NR_io_uring_enter, NR_io_uring_register, NR_bpf, NR_perf_event_open, NR_userfaultfd, NR_keyctl,
      NR_add_key, NR_request_key, NR_open_by_handle_at, NR_fanotify_init, NR_lookup_dcookie, NR_uselib, NR_modify_ldt,
      NR_iopl, NR_ioperm, NR_vhangup,
      /* the machine */
      NR_init_module, NR_finit_module, NR_delete_module, NR_kexec_load, NR_kexec_file_load, NR_clock_settime,
      NR_settimeofday, NR_clock_adjtime, NR_adjtimex, NR_swapon, NR_swapoff, NR_reboot, NR_sethostname, NR_setdomainname,
      NR_acct, NR_quotactl, NR_quotactl_fd, NR_syslog,
  };
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) filter_refuse(f, calls[i], EPERM);
  filter_refuse(f, NR_clone3, ENOSYS); /* Its flags lie in memory, where a filter cannot look; libc falls back to clone. */
  filter_rule(f, NR_clone);
  filter_load(f, 0);
  filter_emit(f, BPF_JUMP_SET, 0, 1, CLONE_NAMESPACES);
  filter_answer(f, EPERM);
  filter_answer(f, 0);
}

/* Flags, attributes, subvolumes, encryption and more of a file or directory can be set through a descriptor that was opened for
 * reading, and Landlock does not see it. So of the control calls of file systems there are only those that read, and those that
 * want a descriptor for writing. */
static void allow_reading_controls(struct filter *f) {
  static const u32 harmless[] = {FS_IOC_FIEMAP, FICLONE, FICLONERANGE, FIDEDUPERANGE};
  static const u32 families[] = {FS_FAMILY_COMMON, FS_FAMILY_ATTRIBUTES, FS_FAMILY_VERSION, FS_FAMILY_FAT, FS_FAMILY_BTRFS,
                                 FS_FAMILY_F2FS};
  for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) filter_answer_if(f, harmless[i], 0);
  filter_answer_if(f, FS_IOC_SET_ENCRYPTION_POLICY, EPERM); /* Its number says that it reads. */
  for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
    filter_load(f, 1);
    filter_emit(f, BPF_AND, 0, 0, IOC_FAMILY);
    filter_emit(f, BPF_JUMP_EQ, 0, 5, families[i]);
    filter_load(f, 1);
    filter_emit(f, BPF_AND, 0, 0, IOC_READ | IOC_WRITE);
    filter_answer_if(f, IOC_READ, 0);
    filter_answer(f, EPERM);
  }
}

static void rule_controls(struct filter *f, const struct policy *p) {
  filter_rule(f, NR_ioctl);
  filter_load(f, 1);
  filter_answer_if(f, TIOCSTI, EPERM);
  filter_answer_if(f, TIOCLINUX, EPERM);
  if (p->tier == TIER_LANDLOCK) allow_reading_controls(f);
  filter_answer(f, 0);
}

/* Modes, owners, times and attributes, of which Landlock sees nothing. Their newest calls are none that ordinary programs need: libc
 * takes the older ones instead. */
static void supervise_metadata(struct filter *f, int supervised) {
  static const int newest[] = {NR_setxattrat, NR_removexattrat, NR_file_setattr};
  for (size_t i = 0; i < sizeof newest / sizeof *newest; i++) filter_refuse(f, newest[i], ENOSYS);
  for (int i = 0; supervised && i < file_call_count; i++) {
    if (file_calls[i].number < 0) continue;
    filter_rule(f, file_calls[i].number);
    filter_ask(f);
  }
}

/* An ordinary user can become nobody else. */
static void note_identities(struct filter *f) {
  if (SYS0(NR_geteuid) != 0) return;
  for (int i = 0; i < identity_call_count; i++) {
    filter_rule(f, identity_calls[i]);
    filter_ask(f);
  }
}

/* How other processes run. Process groups are refused everywhere: on a terminal the command's is that of the shell's job. The users'
 * processes are hidden by a PID namespace, or refused as well. */
static void rule_scheduling(struct filter *f, const struct policy *p, int supervised) {
  for (int i = 0; i < process_call_count; i++) {
    const struct process_call *call = &process_calls[i];
    int hidden = p->tier != TIER_LANDLOCK;
    if (hidden && call->which == NONE) continue;
    filter_rule(f, call->number);
    if (call->which != NONE) {
      filter_load(f, call->which);
      filter_emit(f, BPF_JUMP_EQ, 1, 0, call->process);
      filter_answer(f, EPERM);
    }
    if (!hidden) {
      filter_load(f, call->who);
      filter_answer_if(f, 0, 0);
    }
    if (!hidden && supervised) filter_ask(f);
    else filter_answer(f, hidden ? 0 : EPERM);
  }
}

/* What a PID or IPC namespace would hide. */
static void refuse_what_no_namespace_hides(struct filter *f, int abi) {
  static const int ipc[] = {NR_shmget, NR_shmat, NR_shmctl, NR_semget, NR_semop, NR_semtimedop, NR_semctl,
                            NR_msgget, NR_msgsnd, NR_msgrcv, NR_msgctl, NR_mq_open, NR_mq_unlink};
  for (size_t i = 0; i < sizeof ipc / sizeof *ipc; i++) filter_refuse(f, ipc[i], EPERM);
  if (abi >= 6) return; /* Landlock scopes signals. */
  filter_rule(f, NR_kill);
  filter_load(f, 0);
  filter_answer_if(f, (u32)-1, EPERM);
  filter_answer(f, 0);
}

/* Before ABI 3 Landlock does not see that a file is cut to nothing without being opened for writing. */
static void refuse_unseen_truncation(struct filter *f) {
  filter_refuse(f, NR_truncate, EPERM);
  filter_refuse(f, NR_openat2, ENOSYS);
}

static void rule_opens(struct filter *f, int unseen_truncation, int recorded) {
  static const struct { int number, flags; } opens[] = {{NR_open, 1}, {NR_openat, 2}};
  for (size_t i = 0; i < sizeof opens / sizeof *opens; i++) {
    if (opens[i].number < 0) continue;
    filter_rule(f, opens[i].number);
    if (unseen_truncation) {
      filter_load(f, opens[i].flags);
      filter_emit(f, BPF_AND, 0, 0, O_TRUNC | O_ACCMODE);
      filter_answer_if(f, O_TRUNC | O_RDONLY, EPERM);
    }
    if (recorded) record_open_rule(f, opens[i].flags);
    else filter_answer(f, 0);
  }
}

int inet_allowed(const struct policy *p) { return p->net == NET_FULL || p->tier != TIER_LANDLOCK; }

enum unix_sockets unix_enforced(const struct policy *p) {
  if (p->unix_sockets == UNIX_MASKED && p->foreign_sockets) return UNIX_NONE;
  return p->unix_sockets;
}

/* A pair reaches nobody but itself, and ordinary programs need it; a datagram of one can be addressed to whoever listens. */
static void rule_pairs(struct filter *f, const struct policy *p) {
  if (unix_enforced(p) != UNIX_NONE) return;
  filter_rule(f, NR_socketpair);
  filter_load(f, 1);
  filter_emit(f, BPF_AND, 0, 0, SOCK_TYPE_MASK);
  filter_answer_if(f, SOCK_DGRAM, EPERM);
  filter_answer_if(f, SOCK_RAW, EPERM);
  filter_answer(f, 0);
}

static void rule_sockets(struct filter *f, const struct policy *p) {
  static const u32 protocols[] = {0, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6};
  filter_rule(f, NR_socket);
  filter_load(f, 0);
  filter_answer_if(f, AF_UNIX, unix_enforced(p) == UNIX_NONE ? EPERM : 0);
  if (!inet_allowed(p)) {
    filter_answer_if(f, AF_INET, EPERM);
    filter_answer_if(f, AF_INET6, EPERM);
  }
  /* NETLINK_ROUTE (0) lists interfaces and addresses; the other netlinks talk to the rest of the kernel. They answer as a kernel that was
   * built without them: PAM and sudo go on without an audit system, but stop at one that refuses them. */
  filter_emit(f, BPF_JUMP_EQ, 0, 4, AF_NETLINK);
  filter_load(f, 2);
  filter_answer_if(f, 0, 0);
  filter_answer(f, EPROTONOSUPPORT);
  filter_emit(f, BPF_JUMP_EQ, 2, 0, AF_INET);
  filter_emit(f, BPF_JUMP_EQ, 1, 0, AF_INET6);
  filter_answer(f, EAFNOSUPPORT);
  /* Of the internet families no protocol but these: MPTCP would not be seen by Landlock's rules on TCP. */
  filter_load(f, 2);
  for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) filter_answer_if(f, protocols[i], 0);
  filter_answer(f, EPROTONOSUPPORT);
}

static struct filter *build(const struct policy *p, int abi, int able) {
  struct filter *f = filter_new(!policy_unconfined(p));
  int supervised = (able & ABLE_METADATA) != 0, recorded = (able & ABLE_RECORD) != 0, cut_short = abi > 0 && abi < 3;
  if (policy_unconfined(p)) abi = cut_short = 0;
  if (!policy_unconfined(p)) {
    refuse_kernel_surface(f);
    rule_tracing(f, p);
    rule_controls(f, p);
    only_zero(f, NR_prlimit64, 0);
    rule_scheduling(f, p, supervised);
    rule_sockets(f, p);
    rule_pairs(f, p);
  }
  if (p->tier == TIER_LANDLOCK) {
    if (supervised) note_identities(f);
    refuse_what_no_namespace_hides(f, abi);
    supervise_metadata(f, supervised);
  }
  if (cut_short) refuse_unseen_truncation(f);
  if (cut_short || recorded) rule_opens(f, cut_short, recorded);
  if (recorded) record_rules(f, p, supervised, cut_short);
  return f;
}

/* The filter with a listener; -EBUSY where there is one already. */
static long install_supervised(struct filter *f) {
  /* Once a call is being done for it, only a killing signal takes the caller away. */
  long listener = filter_install(f, SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
  return listener == -EINVAL ? filter_install(f, SECCOMP_FILTER_FLAG_NEW_LISTENER) : listener; /* Before Linux 5.19. */
}

long seccomp_apply(const struct policy *p, int abi, int able) {
  static const char failed[] = "the system call filter cannot be installed";
  long listener = -ENOSYS;
  if (able) listener = install_supervised(build(p, abi, able));
  if (listener >= 0 || policy_unconfined(p)) return listener;
  if (able & ABLE_METADATA && listener != -EBUSY) must(listener, failed, NULL);
  must(filter_install(build(p, abi, 0), 0), failed, NULL);
  return listener;
}
