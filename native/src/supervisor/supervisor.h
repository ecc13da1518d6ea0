/* Answers system calls of the command from outside its confinement: does those that Landlock cannot judge in their place, when
 * the policy allows it. One call after the other, so that it needs no lock. */
#ifndef MOAT_SUPERVISOR_H
#define MOAT_SUPERVISOR_H

#include "../policy.h"
#include "../tree.h"

/* In the process above the command, before the command's is forked. */
void supervisor_prepare(const struct policy *p);
/* In the command's process: whether the one above can do its calls. Where a security module or a filter keeps it from looking into the
 * memory of its own children, every call would be refused. */
int supervisor_able(void);
/* In the command's process: gives the filter's listener away. */
void supervisor_hand_over(long listener);
/* In the process above, once it has forked `child`: what it does while it waits. */
struct service *supervisor_service(long child);

#endif
