#include "tree.h"

#include "fail.h"
#include "sys.h"
#include "text.h"

#define BIT(signal) (1ULL << ((signal) - 1))
/* What a terminal or a supervisor sends to a program, besides the two that end waiting here: SIGCHLD and SIGPWR, which
 * tree_follow asks for. */
#define HANDED_ON                                                                                             \
  (BIT(SIGHUP) | BIT(SIGINT) | BIT(SIGQUIT) | BIT(SIGTERM) | BIT(SIGUSR1) | BIT(SIGUSR2) | BIT(SIGWINCH) | \
   BIT(SIGCONT) | BIT(SIGTSTP))
#define TAKEN (HANDED_ON | BIT(SIGCHLD) | BIT(SIGPWR))
/* Taken from nobody: a background process group must not be stopped for a line on stderr, nor ended by a closed pipe or by
 * the size that a file may have. */
#define HELD (TAKEN | BIT(SIGTTIN) | BIT(SIGTTOU) | BIT(SIGPIPE) | BIT(SIGXFSZ))

static void set_mask(u64 mask) { SYS4(NR_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof mask); }

void tree_follow(int signal, long parent) {
  must(sys_prctl(PR_SET_PDEATHSIG, signal), "the death of the parent cannot be followed", NULL);
  if (parent && SYS0(NR_getppid) != parent) sys_exit(EXIT_SETUP);
}

void tree_lead(void) {
  set_mask(HELD);
  must(sys_prctl(PR_SET_CHILD_SUBREAPER, 1), "descendants cannot be adopted", NULL);
}

void tree_unblock_signals(void) { set_mask(0); }

/* Reads /proc/PID/stat from the state on ("S PPID ..."): its second field may hold any byte, but ends with the last ')'. */
static const char *stat_after_name(const char *digits, char *stat, size_t size) {
  char path[64];
  if (!path_join(path, sizeof path, "/proc", digits) || !path_join(path, sizeof path, path, "stat")) return NULL;
  long fd = sys_open(path, O_RDONLY, 0);
  if (fd < 0) return NULL;
  long n = sys_read(fd, stat, size - 3);
  sys_close(fd);
  if (n <= 0) return NULL;
  stat[n] = stat[n + 1] = stat[n + 2] = 0;
  while (n > 0 && stat[n] != ')') n--;
  return stat + n + 2;
}

long tree_parent(const char *digits) {
  char stat[512];
  const char *from = stat_after_name(digits, stat, sizeof stat);
  return from ? text_number(from + 2) : -1;
}

int tree_is_alive(long pid) {
  char stat[512];
  struct text digits;
  text_start(&digits, "");
  text_add_number(&digits, pid);
  const char *from = stat_after_name(digits.bytes, stat, sizeof stat);
  return from && *from != 'Z' && *from != 'X';
}

int tree_has_not_executed(const char *digits) {
  enum { FLAGS_FIELD = 6, FORKED_ONLY = 0x40 }; /* PF_FORKNOEXEC */
  char stat[512];
  const char *at = stat_after_name(digits, stat, sizeof stat);
  for (int field = 0; at && *at && field < FLAGS_FIELD; at++) field += *at == ' ';
  return at && text_number(at) > 0 && (text_number(at) & FORKED_ONLY);
}

int tree_has_children(void) {
  long ended;
  while ((ended = SYS4(NR_wait4, -1, NULL, WNOHANG, NULL)) > 0) continue;
  return ended != -ECHILD;
}

void tree_each_child(void (*act)(const char *digits)) {
  char entries[4096] __attribute__((aligned(8)));
  long self = SYS0(NR_getpid);
  long fd = sys_open("/proc", O_RDONLY | O_DIRECTORY, 0);
  if (fd < 0) return;
  for (long n; (n = SYS3(NR_getdents64, fd, entries, sizeof entries)) > 0;) {
    for (long at = 0; at < n;) {
      struct dirent64 *entry = (struct dirent64 *)(entries + at);
      at += entry->reclen;
      if (text_number(entry->name) > 0 && tree_parent(entry->name) == self) act(entry->name);
    }
  }
  sys_close(fd);
}

static int in_reach;

static void end_child(const char *digits) { in_reach |= sys_kill(text_number(digits), SIGKILL) != -EPERM; }

/* Children of the ended become ours when these die, so that repeating it ends everything. */
void tree_end(void) {
  struct { s64 seconds, nanoseconds; } pause = {0, 2000000};
  u64 set = BIT(SIGCHLD);
  /* With the first process of a PID namespace the kernel ends all others: here at once, so that what they took is counted. */
  if (SYS0(NR_getpid) == 1 && tree_has_children()) sys_kill(-1, SIGKILL);
  while (tree_has_children()) {
    in_reach = 0;
    tree_each_child(end_child);
    /* What gave itself other ids (sudo) is not ours to end, and may run for ever. */
    if (!in_reach && tree_has_children()) return;
    SYS4(NR_rt_sigtimedwait, &set, NULL, &pause, sizeof set);
  }
}

int tree_was_killed(int status) { return (status & 0x7f) != 0; }

int tree_exit_code(int status) {
  int signal = status & 0x7f;
  return signal ? 128 + signal : status >> 8 & 0xff;
}

/* Reaps what has ended; 1 when `child` is among it. */
static int reap(long child, int *status) {
  int ended = 0;
  for (;;) {
    int s;
    long pid = SYS4(NR_wait4, -1, &s, WNOHANG, NULL);
    if (pid <= 0) return ended;
    if (pid != child) continue;
    *status = s;
    ended = 1;
  }
}

/* Serves until a signal waits to be taken. Gives the signal, 0 to look again, or SERVICE_BROKEN. */
static long next_signal(struct service *service) {
  static const struct { s64 seconds, nanoseconds; } at_once = {0, 0};
  u64 set = TAKEN;
  if (!service || service->fd < 0) return SYS4(NR_rt_sigtimedwait, &set, NULL, NULL, sizeof set);
  struct pollfd sources[2] = {{(s32)service->signals, POLLIN, 0}, {(s32)service->fd, POLLIN, 0}};
  long ready = SYS5(NR_ppoll, sources, 2, NULL, NULL, 0);
  if (ready < 0 && ready != -EINTR) return SERVICE_BROKEN;
  if (sources[1].revents & POLLIN) service->fd = service->serve(service->fd);
  else if (sources[1].revents) service->fd = SERVICE_OVER;
  if (service->fd == SERVICE_BROKEN) return SERVICE_BROKEN;
  return sources[0].revents ? SYS4(NR_rt_sigtimedwait, &set, NULL, &at_once, sizeof set) : 0;
}

int tree_wait(long child, long target, long parent, struct service *service) {
  u64 set = TAKEN;
  int status = 0;
  if (service) service->signals = must(SYS4(NR_signalfd4, -1, &set, sizeof set, SFD_CLOEXEC), "signals cannot be waited for", NULL);
  for (;;) {
    if (reap(child, &status)) return status;
    long signal = next_signal(service);
    if (parent && SYS0(NR_getppid) != parent) return SIGKILL;
    if (signal == SERVICE_BROKEN) return EXIT_SETUP << 8;
    if (signal > 0 && target && (HANDED_ON & BIT(signal))) sys_kill(target, (int)signal);
  }
}
