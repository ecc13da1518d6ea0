/* Records what a command is about to change, and lets it go on: no call is answered here, and none is refused. What a race does to
 * the path meanwhile costs what undo could have brought back, never more. */
#ifndef MOAT_RECORD_H
#define MOAT_RECORD_H

#include "../filter.h"
#include "../policy.h"
#include "../supervisor/request.h"

/* In the process that looks into the command: opens the capture's directory. 0, or a negative errno: nothing is recorded. */
long record_begin(const struct policy *p);
/* The rules that stop calls for it, but for the plain opens. Calls on metadata have theirs already where they are `supervised`, and
 * those that cut files where a kernel has them `cut_short`. */
void record_rules(struct filter *f, const struct policy *p, int supervised, int cut_short);
/* The end of a rule for an open whose flags are the argument `flags`: those that only read never leave the kernel. */
void record_open_rule(struct filter *f, int flags);
/* The call is stopped for nothing else: the kernel does it. */
int record_has(int number);
/* A call that waits. `readable`: a negative errno when its thread may not be looked into. */
void record_call(const struct request *r, long readable);
/* There is no listener: what was begun is never ended, and so says nothing. */
void record_drop(void);
/* Nothing of the command is left. */
void record_end(void);

#endif
