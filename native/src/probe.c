#include "probe.h"

#include "fail.h"
#include "landlock.h"
#include "ns.h"
#include "policy.h"
#include "sys.h"
#include "text.h"

static struct policy empty;

/* Everything that the ns tiers do, with an empty policy, in a child that is thrown away. `fail` speaks on descriptor 3. */
static int try_namespaces(void) {
  long pid = ns_fork(&empty);
  if (pid == 0) sys_exit(0);
  int status = 0;
  SYS4(NR_wait4, pid, &status, 0, NULL);
  return status == 0 ? 0 : EXIT_SETUP;
}

/* 1 when namespaces work, else 0 and what `fail` said in `reason`. */
static int probe_namespaces(char *reason, size_t size) {
  int pipe[2], status = 0;
  must(SYS2(NR_pipe2, pipe, O_CLOEXEC), "no pipe can be made", NULL);
  long pid = must(sys_fork(0), "no process can be started", NULL);
  if (pid == 0) {
    must(SYS3(NR_dup3, pipe[1], CONTROL_FD, O_CLOEXEC), "descriptor 3 cannot be set", NULL);
    sys_close(2);
    sys_exit(try_namespaces());
  }
  sys_close(pipe[1]);
  long n = sys_read(pipe[0], reason, size - 1);
  reason[n > 0 ? n : 0] = 0;
  SYS4(NR_wait4, pid, &status, 0, NULL);
  return status == 0;
}

int probe(void) {
  char reason[2048];
  struct text line;
  empty.tier = TIER_NS;
  empty.abi = -1;
  /* So that the pipe does not get the number 3. */
  SYS3(NR_dup3, 2, CONTROL_FD, O_CLOEXEC);
  int namespaces = probe_namespaces(reason, sizeof reason);
  text_start(&line, "{\"abi\":");
  text_add_number(&line, landlock_abi(&empty));
  text_add(&line, namespaces ? ",\"namespaces\":true" : ",\"namespaces\":false");
  /* {"error":"…"}: the reason is taken over as it is, quotes included. */
  const char *why = namespaces ? NULL : text_after(reason, "{\"error\":");
  if (why) {
    text_add(&line, ",\"reason\":");
    text_add(&line, why);
    while (line.used && (line.bytes[line.used - 1] == '\n' || line.bytes[line.used - 1] == '}')) line.bytes[--line.used] = 0;
  }
  text_add(&line, "}\n");
  return sys_write(1, line.bytes, line.used) == (long)line.used ? 0 : 1;
}
