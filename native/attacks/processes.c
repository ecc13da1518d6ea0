#include "attack.h"

#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>

static int pid_of(char **argv) { return atoi(argv[0]); }

/* Waits to be attacked, with SECRET in its memory, in a shared segment and in a queue; leads a process group of its own. With a second
 * word it lets nobody look into it. */
static int victim(char **argv) {
  static char secret[64];
  setpgid(0, 0);
  if (argv[1]) prctl(PR_SET_DUMPABLE, 0);
  strncpy(secret, argv[0], sizeof secret - 1);
  int shm = shmget(IPC_PRIVATE, 4096, 0600 | IPC_CREAT);
  char *shared = shm < 0 ? (char *)-1 : shmat(shm, NULL, 0);
  if (shared != (char *)-1) strcpy(shared, argv[0]);
  if (shm >= 0) shmctl(shm, IPC_RMID, NULL); /* Stays until the victim ends, and can be found by its number until then. */
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) return errno;
  printf("%d %lu %d %d\n", getpid(), (unsigned long)secret, shm, pair[0]);
  fflush(stdout);
  for (;;) pause();
}

static int send_kill(char **argv) { return outcome(kill(pid_of(argv), SIGKILL)); }
static int thread_kill(char **argv) { return outcome(syscall(SYS_tgkill, pid_of(argv), pid_of(argv), SIGKILL)); }
static int queue_kill(char **argv) { return outcome(sigqueue(pid_of(argv), SIGKILL, (union sigval){0})); }
static int pidfd_kill(char **argv) {
  int fd = syscall(434, pid_of(argv), 0);
  return fd < 0 ? errno : outcome(syscall(424, fd, SIGKILL, NULL, 0));
}

/* The kernel sends a signal of the owner's choice when the pipe can be read. */
static int owner_kill(char **argv) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) return errno;
  if (fcntl(pair[0], F_SETOWN, pid_of(argv)) < 0 || fcntl(pair[0], 10 /* F_SETSIG */, SIGKILL) < 0) return errno;
  if (fcntl(pair[0], F_SETFL, O_ASYNC) < 0 || write(pair[1], "x", 1) < 0) return errno;
  usleep(20000);
  return kill(pid_of(argv), 0) < 0 && errno == ESRCH ? 0 : EPERM;
}

static int trace(char **argv) { return outcome(ptrace(PTRACE_SEIZE, pid_of(argv), 0, 0)); }

static int print_if(ssize_t n, const char *bytes) {
  if (n > 0) printf("%.*s\n", (int)strnlen(bytes, (size_t)n), bytes);
  return outcome(n);
}

static int read_memory(char **argv) {
  char bytes[64] = {0};
  struct iovec here = {bytes, 63}, there = {(void *)strtoul(argv[1], NULL, 10), 63};
  return print_if(process_vm_readv(pid_of(argv), &here, 1, &there, 1, 0), bytes);
}

static int write_memory(char **argv) {
  char byte = 'x';
  struct iovec here = {&byte, 1}, there = {(void *)strtoul(argv[1], NULL, 10), 1};
  return outcome(process_vm_writev(pid_of(argv), &here, 1, &there, 1, 0));
}

static int read_memory_file(char **argv) {
  char path[64], bytes[64] = {0};
  snprintf(path, sizeof path, "/proc/%d/mem", pid_of(argv));
  int fd = open(path, O_RDONLY);
  return fd < 0 ? errno : print_if(pread(fd, bytes, 63, (off_t)strtoul(argv[1], NULL, 10)), bytes);
}

static int write_memory_file(char **argv) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", pid_of(argv));
  int fd = open(path, O_WRONLY);
  return fd < 0 ? errno : outcome(pwrite(fd, "x", 1, (off_t)strtoul(argv[1], NULL, 10)));
}

static int read_segment(char **argv) {
  char *shared = shmat(atoi(argv[0]), NULL, SHM_RDONLY);
  return shared == (char *)-1 ? errno : print_if(63, shared);
}

static int remove_queue(char **argv) { return outcome(mq_unlink(argv[0])); }
static int has_queue(char **argv) { return outcome(mq_open(argv[0], O_RDONLY)); }
static int make_queue(char **argv) { return outcome(mq_open(argv[0], O_CREAT | O_RDWR, 0600, NULL)); }

static int steal_descriptor(char **argv) {
  int fd = syscall(434, pid_of(argv), 0);
  return fd < 0 ? errno : outcome(syscall(438, fd, atoi(argv[1]), 0));
}

static int limits(char **argv) {
  struct rlimit limit = {16, 16};
  return outcome(prlimit(pid_of(argv), RLIMIT_NOFILE, &limit, NULL));
}
/* Everything is set to what an idle process does not notice, and everybody may ask for. */
static int priority(char **argv) { return outcome(setpriority(PRIO_PROCESS, (id_t)pid_of(argv), 19)); }
static int group_priority(char **argv) { return outcome(setpriority(PRIO_PGRP, (id_t)pid_of(argv), 19)); }
static int own_group_priority(char **argv) {
  (void)argv;
  return outcome(setpriority(PRIO_PGRP, 0, 19));
}
/* Not as root, whose processes are those of the machine. */
static int user_priority(char **argv) {
  (void)argv;
  return getuid() ? outcome(setpriority(PRIO_USER, 0, 19)) : -1;
}
#define IDLE IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0)
static int io_priority(char **argv) { return outcome(syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, pid_of(argv), IDLE)); }
static int group_io_priority(char **argv) { return outcome(syscall(SYS_ioprio_set, IOPRIO_WHO_PGRP, pid_of(argv), IDLE)); }
static int user_io_priority(char **argv) {
  (void)argv;
  return getuid() ? outcome(syscall(SYS_ioprio_set, IOPRIO_WHO_USER, getuid(), IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 7))) : -1;
}
static int scheduling(char **argv) {
  struct sched_param none = {0};
  return outcome(sched_setscheduler(pid_of(argv), SCHED_IDLE, &none));
}
static int parameters(char **argv) {
  struct sched_param none = {0};
  return outcome(sched_setparam(pid_of(argv), &none));
}
static int scheduling_attributes(char **argv) {
  uint32_t attributes[12] = {sizeof attributes, SCHED_BATCH, 0, 0, 19};
  return outcome(syscall(SYS_sched_setattr, pid_of(argv), attributes, 0));
}
static int affinity(char **argv) {
  cpu_set_t set;
  sched_getaffinity(0, sizeof set, &set);
  return outcome(sched_setaffinity(pid_of(argv), sizeof set, &set));
}
/* Tells the kernel that memory of another process is not needed for now. */
static int advise(char **argv) {
  uintptr_t page = strtoul(argv[1], NULL, 10) & ~4095UL;
  struct iovec there = {(void *)page, 4096};
  int fd = syscall(434, pid_of(argv), 0);
  return fd < 0 ? errno : outcome(syscall(440, fd, &there, 1, 20 /* MADV_COLD */, 0));
}
static int compare(char **argv) { return outcome(syscall(SYS_kcmp, pid_of(argv), getpid(), 1, 0, 0)); }
static int keyring(char **argv) {
  (void)argv;
  return outcome(syscall(SYS_add_key, "user", "moat", "x", 1, KEY_SPEC_USER_KEYRING));
}

/* A grandchild in a session of its own, without the death signal and with the output closed. */
static int survive(char **argv) {
  if (fork() == 0) {
    setsid();
    if (fork() != 0) _exit(0);
    for (int fd = 0; fd < 3; fd++) close(fd);
    execlp("sleep", "sleep", argv[0], (char *)NULL);
    _exit(1);
  }
  wait(NULL);
  usleep(30000);
  return 0;
}

/* The launcher's processes above, and nobody else's. */
static int launcher_pids(int *pids, int most) {
  int count = 0;
  for (int pid = getppid(); pid > 0 && count < most;) {
    char path[64], line[512] = {0};
    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    int fd = open(path, O_RDONLY);
    if (fd < 0 || read(fd, line, sizeof line - 1) < 0) break;
    if (strstr(line, "moat-launch")) pids[count++] = pid;
    close(fd);
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    fd = open(path, O_RDONLY);
    memset(line, 0, sizeof line);
    if (fd < 0 || read(fd, line, sizeof line - 1) < 0 || !strrchr(line, ')')) break;
    close(fd);
    pid = atoi(strrchr(line, ')') + 4);
  }
  return count;
}

static int kill_launcher(char **argv) {
  int pids[4], error = ESRCH, count = launcher_pids(pids, 4);
  survive(argv);
  for (int i = 0; i < count; i++) error = outcome(kill(pids[i], SIGKILL));
  return error;
}

const struct attack process_attacks[] = {
    {"victim", victim},
    {"kill", send_kill},
    {"tgkill", thread_kill},
    {"sigqueue", queue_kill},
    {"pidfd-kill", pidfd_kill},
    {"owner-kill", owner_kill},
    {"ptrace", trace},
    {"vm-read", read_memory},
    {"vm-write", write_memory},
    {"mem-read", read_memory_file},
    {"mem-write", write_memory_file},
    {"shm-read", read_segment},
    {"mqueue", make_queue},
    {"mq-unlink", remove_queue},
    {"mq-exists", has_queue},
    {"pidfd-getfd", steal_descriptor},
    {"prlimit", limits},
    {"setpriority", priority},
    {"setpriority-group", group_priority},
    {"setpriority-own-group", own_group_priority},
    {"setpriority-user", user_priority},
    {"ioprio", io_priority},
    {"ioprio-group", group_io_priority},
    {"ioprio-user", user_io_priority},
    {"scheduler", scheduling},
    {"sched-param", parameters},
    {"sched-attributes", scheduling_attributes},
    {"process-madvise", advise},
    {"affinity", affinity},
    {"kcmp", compare},
    {"add-key", keyring},
    {"survive", survive},
    {"kill-launcher", kill_launcher},
    {NULL, NULL},
};
