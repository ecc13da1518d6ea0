#include "command.h"

#include "cover.h"
#include "fail.h"
#include "home/home.h"
#include "landlock.h"
#include "memory.h"
#include "ns.h"
#include "privileges.h"
#include "report.h"
#include "seccomp.h"
#include "standard.h"
#include "supervisor/supervisor.h"
#include "sys.h"
#include "text.h"
#include "tree.h"

static int any_writable(const struct policy *p, const struct paths *paths) {
  for (int i = 0; i < paths->count; i++)
    if (policy_writable(p, paths->at[i])) return 1;
  return 0;
}

static struct report describe(const struct policy *p, int abi) {
  int namespaces = policy_namespaces(p);
  struct report r = {.abi = abi, .loopback = 1};
  if (policy_unconfined(p)) return r;
  r.carve = !p->guard.count && (namespaces || !any_writable(p, &p->protect));
  r.carve_absent = r.carve && p->absent.count == 0;
  r.hidden = namespaces || !landlock_cannot_hide(p);
  /* What is not there yet cannot be covered, but no rule of Landlock reaches it outside of the writable roots. */
  r.hidden_absent = p->hidden.count == 0 || (p->tier != TIER_NS_ONLY && !any_writable(p, &p->hidden));
  if (home_layered() && home_shows_later(p)) r.hidden_absent = 0;
  r.loopback = inet_allowed(p);
  /* Landlock scopes signals from ABI 6 on; before, a command can end the launcher that would end its tree. */
  r.ipc = r.tree_kill = namespaces || abi >= 6;
  r.metadata = namespaces && standard_held(p);
  return r;
}

/* Gives the listener for what the supervisor answers, or a negative errno where there is none. */
static long confine(const struct policy *p, int abi, int able) {
  must(sys_prctl(PR_SET_NO_NEW_PRIVS, 1), "NO_NEW_PRIVS cannot be set", NULL);
  if (policy_namespaces(p)) privileges_limit();
  /* Where a PID namespace holds nobody else. Process 1 has the command's user: this opens nothing of it. */
  privileges_drop(!policy_namespaces(p) || cover_stops_root(), p->tier == TIER_NS);
  if (p->tier != TIER_NS_ONLY) landlock_apply(p, abi);
  return seccomp_apply(p, abi, able & (ABLE_METADATA | ABLE_RECORD));
}

/* A filter that confines nothing. Without the right to lay one, only a process that can gain no rights any more may: root has them all
 * already; for an ordinary user that would be the end of sudo. */
static long record_only(const struct policy *p, int able) {
  if (!(able & ABLE_RECORD)) return -ENOSYS;
  long listener = seccomp_apply(p, 0, ABLE_RECORD);
  if (listener != -EACCES || SYS0(NR_geteuid) != 0) return listener;
  must(sys_prctl(PR_SET_NO_NEW_PRIVS, 1), "NO_NEW_PRIVS cannot be set", NULL);
  return seccomp_apply(p, 0, ABLE_RECORD);
}

/* Why nothing is recorded; NULL when it is. */
static const char *not_captured(int able, long listener) {
  if (able & ABLE_NOTHING_READ) return "memory";
  if (able & ABLE_NOTHING_KEPT) return "store";
  if (listener >= 0) return NULL;
  return listener == -EBUSY ? "nested" : listener == -EACCES ? "privileges" : "unsupported";
}

static void __attribute__((noreturn)) cannot_execute(const char *name, long error) {
  struct text line;
  text_start(&line, "moat-launch: ");
  text_add(&line, name);
  text_add(&line, ": ");
  if (error) text_add_errno(&line, error);
  else text_add(&line, "command not found");
  text_add(&line, "\n");
  sys_write(2, line.bytes, line.used);
  sys_exit(error && error != -ENOENT && error != -ENOTDIR ? EXIT_CANNOT_EXECUTE : EXIT_NOT_FOUND);
}

static const char *environment(char **envp, const char *name) {
  for (; *envp; envp++) {
    const char *value = text_after(*envp, name);
    if (value) return value;
  }
  return NULL;
}

/* Comes back with an errno, as execve does. A file without a format that the kernel knows is a script of the shell's, as execvp
 * has it; its name takes the place of argv[0], and the shell's that of what stands before it: our own `--`. */
static long execute_file(const char *file, char **argv, char **envp) {
  long error = SYS3(NR_execve, file, argv, envp);
  if (error != -ENOEXEC) return error;
  char *name = argv[0];
  argv[-1] = "/bin/sh";
  argv[0] = (char *)file;
  error = SYS3(NR_execve, "/bin/sh", argv - 1, envp);
  argv[0] = name;
  return error;
}

/* As execvp, but entries of PATH that are not absolute are passed over: they would run what lies in the workspace. Without a
 * PATH nothing is found. */
static void __attribute__((noreturn)) execute(char **argv, char **envp) {
  static char candidate[4096];
  const char *name = argv[0];
  for (const char *c = name; *c; c++)
    if (*c == '/') cannot_execute(name, execute_file(name, argv, envp));
  const char *path = environment(envp, "PATH=");
  long error = 0;
  while (path && *path) {
    size_t length = 0;
    while (path[length] && path[length] != ':') length++;
    if (*path == '/' && length + text_length(name) + 2 <= sizeof candidate) {
      for (size_t i = 0; i < length; i++) candidate[i] = path[i];
      candidate[length] = '/';
      for (size_t i = 0; i <= text_length(name); i++) candidate[length + 1 + i] = name[i];
      long result = execute_file(candidate, argv, envp);
      if (result != -ENOENT && result != -ENOTDIR) error = result;
    }
    path += length + (path[length] == ':');
  }
  cannot_execute(name, error);
}

void command_run(const struct policy *p, char **argv, char **envp) {
  int abi = landlock_abi(p);
  struct report r = describe(p, abi);
  if (!policy_unconfined(p) && p->tier != TIER_NS_ONLY && abi == 0)
    fail("this kernel has no Landlock, which the sandbox was to be built on", NULL, -ENOSYS);
  r.memory = memory_limit(p);
  must(SYS1(NR_chdir, p->cwd), "the working directory cannot be entered", p->cwd);
  int able = supervisor_wanted(p) ? supervisor_able() : 0;
  long listener = policy_unconfined(p) ? record_only(p, able) : confine(p, abi, able);
  r.not_captured = not_captured(able, listener);
  if (listener >= 0) {
    supervisor_hand_over(listener);
    r.metadata |= able & ABLE_METADATA;
  }
  report_require(p, &r);
  if (p->merge) must(SYS3(NR_dup3, 1, 2, 0), "stderr cannot be joined to stdout", NULL);
  report_write(p, &r);
  tree_unblock_signals();
  execute(argv, envp);
}
