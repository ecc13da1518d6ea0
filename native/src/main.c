/* moat-launch: starts one command under a policy. See README.md for descriptor 3, the exit codes and what is enforced. */
#include "absent.h"
#include "appeared.h"
#include "command.h"
#include "fail.h"
#include "home/home.h"
#include "left.h"
#include "memory.h"
#include "ns.h"
#include "offline.h"
#include "policy.h"
#include "probe.h"
#include "record/record.h"
#include "sockets.h"
#include "spent.h"
#include "supervisor/supervisor.h"
#include "sys.h"
#include "text.h"
#include "tree.h"

static struct policy policy;

/* Where sockets go that lead out; free, because whatever lies there is about to be closed. */
#define WAYS_FD (CONTROL_FD + 1)

/* Only stdin, stdout, stderr, the control descriptor and the way to the proxy are left; the command gets the first three. */
static void close_descriptors(void) {
  u64 kept = CONTROL_FD;
  if (policy.ways >= 0) {
    if (policy.ways != WAYS_FD) must(SYS3(NR_dup3, policy.ways, WAYS_FD, O_CLOEXEC), "the way to the proxy cannot be kept", NULL);
    policy.ways = (long)(kept = WAYS_FD);
  }
  if (SYS3(NR_close_range, kept + 1, ~0U, 0) < 0) {
    struct rlimit64 limit = {1024, 1024}; /* Before Linux 5.9. */
    SYS4(NR_prlimit64, 0, RLIMIT_NOFILE, NULL, &limit);
    for (u64 fd = kept + 1; fd < limit.cur && fd < 1 << 20; fd++) sys_close((long)fd);
  }
  must(SYS3(NR_fcntl, CONTROL_FD, F_SETFD, FD_CLOEXEC), "descriptor 3 is not open", NULL);
}

static int has_terminal(void) {
  long fd = sys_open("/dev/tty", O_RDWR | O_NOCTTY, 0);
  if (fd >= 0) sys_close(fd);
  return fd >= 0;
}

/* Starts the command and stays above it, outside its confinement, so that the command cannot end what will end it. `launcher` is
 * known from before the fork: asked for here, it would be whoever adopted this process when the launcher is gone already. */
static int lead_command(char **argv, char **envp, int own_group, long launcher) {
  long self = SYS0(NR_getpid);
  int within = policy_namespaces(&policy), supervised = !within && supervisor_wanted(&policy);
  if (supervised) supervisor_prepare(&policy);
  long child = must(sys_fork(0), "no process can be started", NULL);
  if (child == 0) {
    if (own_group) SYS2(NR_setpgid, 0, 0);
    tree_follow(SIGKILL, self);
    command_run(&policy, argv, envp);
  }
  if (own_group) SYS2(NR_setpgid, child, child);
  /* After the fork, because the child takes it over, and the supervisor has to look into it. */
  sys_prctl(PR_SET_DUMPABLE, 0);
  if (within) supervisor_leave();
  struct service *service = supervised ? supervisor_service(child, 0) : NULL;
  int status = tree_wait(child, own_group ? -child : 0, launcher, service);
  if (!tree_was_killed(status)) left_report();
  spent_signal(status);
  tree_end();
  spent_report();
  if (supervised) record_end();
  return tree_exit_code(status);
}

/* As above, in namespaces, in a process of its own: this one stays outside of them to tidy up, whatever happens inside. */
static int lead_namespaces(char **argv, char **envp, int own_group, long launcher) {
  int supervised = supervisor_wanted(&policy);
  if (supervised) supervisor_prepare(&policy);
  long first = ns_fork(&policy);
  /* Process 1 sees no parent: it asked the kernel to be killed with it. */
  if (first == 0) sys_exit(lead_command(argv, envp, own_group, 0));
  struct service *service = supervised ? supervisor_service(first, 1) : NULL;
  int status = tree_wait(first, own_group ? first : 0, launcher, service);
  tree_end();
  /* Else process 1 has said it, more exactly. */
  if (tree_was_killed(status) || tree_exit_code(status) == EXIT_SETUP) spent_report();
  if (supervised) record_end();
  ns_clean_up();
  return tree_exit_code(status);
}

static int supervise(char **argv, char **envp, int own_group, long launcher) {
  /* Out of the launcher's group, or a signal to that group would be handed on twice. */
  if (own_group) SYS2(NR_setpgid, 0, 0);
  tree_follow(SIGPWR, launcher);
  tree_lead();
  if (!policy_unconfined(&policy)) {
    sockets_find(&policy);
    policy.foreign_sockets = sockets_in_reach(&policy);
  }
  memory_open(&policy);
  absent_clear(&policy);
  appeared_begin(&policy);
  int code = policy_namespaces(&policy) ? lead_namespaces(argv, envp, own_group, launcher)
                                        : lead_command(argv, envp, own_group, launcher);
  appeared_end(&policy);
  return code;
}

static int launch(char **argv, char **envp) {
  policy_read(&policy);
  close_descriptors();
  tree_follow(SIGKILL, policy.parent > 0 ? policy.parent : 0);
  home_join(&policy);
  tree_lead();
  /* Where there is a terminal the command stays in the group that the terminal sends its signals to. */
  int own_group = !has_terminal();
  long launcher = SYS0(NR_getpid);
  long supervisor = must(sys_fork(0), "no process can be started", NULL);
  if (supervisor == 0) sys_exit(supervise(argv, envp, own_group, launcher));
  sys_close(CONTROL_FD);
  sys_prctl(PR_SET_DUMPABLE, 0);
  int status = tree_wait(supervisor, own_group ? supervisor : 0, 0, NULL);
  tree_end();
  /* It exits with the command's code: a signal was meant for itself. */
  if (tree_was_killed(status)) complain("the supervisor was killed, so the command was ended", 0);
  return tree_exit_code(status);
}

static int usage(void) {
  static const char line[] = "usage: moat-launch -- COMMAND…   (policy on descriptor 3)\n       moat-launch --offline -- PROGRAM…\n       moat-launch --probe\n";
  sys_write(2, line, sizeof line - 1);
  return EXIT_SETUP;
}

static int start(int argc, char **argv, char **envp) {
  home_set_words(argv, envp);
  if (argc == 2 && text_equal(argv[1], "--probe")) return probe();
  if (argc > 3 && text_equal(argv[1], "--offline") && text_equal(argv[2], "--")) return offline(argv + 3, envp);
  if (argc < 3 || !text_equal(argv[1], "--")) return usage();
  return launch(argv + 2, envp);
}

/* The stack as the kernel hands it over: argc, argv…, NULL, envp…, NULL. */
void __attribute__((used, noreturn)) enter(long *stack) {
  int argc = (int)stack[0];
  char **argv = (char **)(stack + 1);
  sys_exit(start(argc, argv, argv + argc + 1));
}

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call enter\n");
#else
__asm__(".globl _start\n_start:\n mov x29, #0\n mov x0, sp\n bl enter\n");
#endif
