#include "attack.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/timex.h>
#include <sys/wait.h>

static int take_apart(char **argv) { return outcome(unshare((int)strtol(argv[0], NULL, 16))); }

static int clone_namespace(char **argv) {
  long pid = syscall(SYS_clone, strtol(argv[0], NULL, 16) | SIGCHLD, 0, 0, 0, 0);
  if (pid == 0) _exit(0);
  return outcome(pid);
}

static int clone3_namespace(char **argv) {
  uint64_t args[8] = {(uint64_t)strtol(argv[0], NULL, 16), 0, 0, 0, SIGCHLD, 0, 0, 0};
  long pid = syscall(435, args, sizeof args);
  if (pid == 0) _exit(0);
  return outcome(pid);
}

static int enter(char **argv) {
  int fd = open(argv[0], O_RDONLY);
  return fd < 0 ? errno : outcome(setns(fd, 0));
}

/* With arguments that come to nothing, so that the control changes nothing: `past` is the error behind the check of rights. */
static int past(long result, int past) { return result < 0 && errno == past ? 0 : outcome(result); }
static int mount_nothing(char **argv) { return past(mount("moat", argv[0], "no-such-type", 0, NULL), ENODEV); }
static int unmount(char **argv) { return past(umount2(argv[0], MNT_DETACH), EINVAL); }
static int copy_tree(char **argv) { return outcome(syscall(428, AT_FDCWD, argv[0], 1)); }
static int open_fs(char **argv) { return outcome(syscall(430, argv[0], 0)); }
static int set_mount(char **argv) {
  uint64_t attr[4] = {0, 1, 0, 0};
  return past(syscall(442, AT_FDCWD, argv[0], 0, attr, sizeof attr), EINVAL);
}

static int copy_tree_with(char **argv) {
  uint64_t attr[4] = {1, 0, 0, 0};
  return outcome(syscall(467, AT_FDCWD, argv[0], 1, attr, sizeof attr));
}
static int move(char **argv) { return past(syscall(429, AT_FDCWD, argv[0], AT_FDCWD, argv[0], 0), EINVAL); }
static int pick(char **argv) { return past(syscall(433, AT_FDCWD, argv[0], 0), EINVAL); }
static int pivot(char **argv) { return past(syscall(SYS_pivot_root, argv[0], argv[0]), EBUSY); }

static int uring(char **argv) {
  (void)argv;
  char params[120] = {0};
  return outcome(syscall(425, 4, params));
}
static int bpf_map(char **argv) {
  (void)argv;
  uint32_t attr[18] = {1, 4, 4, 1};
  return outcome(syscall(SYS_bpf, 0, attr, sizeof attr));
}
static int perf(char **argv) {
  (void)argv;
  uint32_t attr[32] = {1, sizeof attr, 0};
  attr[10] = 1 << 5 | 1 << 6; /* exclude_kernel, exclude_hv */
  return outcome(syscall(SYS_perf_event_open, attr, 0, -1, -1, 0));
}
static int userfault(char **argv) {
  (void)argv;
  return outcome(syscall(SYS_userfaultfd, 1 /* UFFD_USER_MODE_ONLY */));
}
static int keys(char **argv) {
  (void)argv;
  return outcome(syscall(SYS_keyctl, 0, -3, 1));
}
static int watch_files(char **argv) {
  (void)argv;
  return outcome(syscall(SYS_fanotify_init, 0x200 /* FAN_REPORT_FID */, 0));
}
static int kernel_log(char **argv) {
  (void)argv;
  char bytes[256];
  return outcome(syscall(SYS_syslog, 3, bytes, sizeof bytes));
}
static int tune_clock(char **argv) {
  (void)argv;
  struct timex t = {.modes = ADJ_MAXERROR, .maxerror = 1000};
  return outcome(adjtimex(&t));
}
static int host_name(char **argv) {
  (void)argv;
  char name[256];
  if (gethostname(name, sizeof name) < 0) return errno;
  return outcome(sethostname(name, strlen(name)));
}
static int no_module(char **argv) {
  (void)argv;
  return past(syscall(SYS_delete_module, "moat_no_such_module", 0), ENOENT);
}
static int accounting(char **argv) { return past(acct(argv[0]), ENOENT); }

/* Types a character into the controlling terminal, as if the user had. */
static int type_key(char **argv) {
  (void)argv;
  int fd = open("/dev/tty", O_RDWR);
  return fd < 0 ? errno : outcome(ioctl(fd, 0x5412, "\n"));
}

/* The 32-bit entry has system call numbers of its own, which a filter on the 64-bit ones does not know. */
static int compat(char **argv) {
  (void)argv;
#if defined(__x86_64__)
  long result = 20; /* getpid */
  __asm__ volatile("int $0x80" : "+a"(result)::"memory");
  return result > 0 ? 0 : ENOSYS;
#else
  return ENOSYS;
#endif
}

const struct attack kernel_attacks[] = {
    {"unshare", take_apart},   {"clone", clone_namespace}, {"clone3", clone3_namespace}, {"setns", enter},
    {"mount", mount_nothing},    {"umount", unmount},        {"open-tree", copy_tree},     {"fsopen", open_fs},
    {"mount-setattr", set_mount}, {"open-tree-attr", copy_tree_with}, {"move-mount", move}, {"fspick", pick},
    {"pivot-root", pivot},     {"io-uring", uring},     {"bpf", bpf_map},             {"perf", perf},
    {"userfaultfd", userfault}, {"keyctl", keys},          {"fanotify", watch_files},    {"syslog", kernel_log},
    {"adjtimex", tune_clock},  {"sethostname", host_name}, {"delete-module", no_module}, {"acct", accounting},
    {"tiocsti", type_key},     {"compat", compat},         {NULL, NULL},
};
