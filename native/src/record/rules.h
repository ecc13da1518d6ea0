/* Which calls are stopped so that they can be recorded. */
#ifndef MOAT_RECORD_RULES_H
#define MOAT_RECORD_RULES_H

#include "../filter.h"
#include "../policy.h"

/* The rules that stop calls for it, but for the plain opens. Calls on metadata have theirs already where they are `supervised`, and
 * those that cut files where a kernel has them `cut_short`. */
void record_rules(struct filter *f, const struct policy *p, int supervised, int cut_short);
/* The end of a rule for an open whose flags are the argument `flags`: those that only read never leave the kernel. */
void record_open_rule(struct filter *f, int flags);
/* The call is stopped for nothing else: the kernel does it. */
int record_has(int number);

#endif
