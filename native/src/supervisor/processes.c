#include "processes.h"

#include "../sys.h"
#include "../tree.h"
#include "notify.h"
#include "target.h"

/* Everything of the command descends from the process that the supervisor is in. */
long processes_ours(long process) {
  long self = SYS0(NR_getpid);
  while (process > 1) {
    char digits[24];
    target_digits(digits, process);
    process = tree_parent(digits);
    if (process == self) return 1;
  }
  return process < 0 ? -ESRCH : 0;
}

long processes_answer(const struct request *r, const struct process_call *call) {
  s32 who = (s32)r->argument[call->who];
  if (who < 0) return -ESRCH;
  long ours = processes_ours(who);
  if (ours < 0) return ours;
  return ours ? ANSWER_CONTINUE : -EPERM;
}
