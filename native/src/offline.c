#include "offline.h"

#include "fail.h"
#include "ns.h"
#include "sys.h"
#include "text.h"
#include "tree.h"

/* Stays in the user namespace of before, because only there root may map more ids than its own. */
static void __attribute__((noreturn)) map_when_ready(long pid, const int *ready) {
  char byte;
  sys_close(ready[1]);
  if (sys_read(ready[0], &byte, 1) != 1) sys_exit(EXIT_SETUP);
  ns_map_ids(pid);
  sys_exit(0);
}

static void enter_namespaces(void) {
  int ready[2], status = 0;
  long self = SYS0(NR_getpid);
  must(SYS2(NR_pipe2, ready, O_CLOEXEC), "no pipe can be made", NULL);
  long helper = must(sys_fork(0), "no process can be started", NULL);
  if (helper == 0) map_when_ready(self, ready);
  sys_close(ready[0]);
  must(SYS1(NR_unshare, CLONE_NEWUSER | CLONE_NEWNET), "a network of its own cannot be made", NULL);
  sys_write(ready[1], "", 1);
  sys_close(ready[1]);
  SYS4(NR_wait4, helper, &status, 0, NULL);
  /* It said itself what went wrong. */
  if (status != 0) sys_exit(EXIT_SETUP);
  ns_raise_loopback();
}

int offline(char **argv, char **envp) {
  enter_namespaces();
  tree_follow(SIGKILL, 0);
  long error = SYS3(NR_execve, argv[0], argv, envp);
  complain(argv[0], error);
  return EXIT_CANNOT_EXECUTE;
}
