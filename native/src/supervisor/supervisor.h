/* Answers system calls of the command from outside its confinement: does those that Landlock cannot judge in their place, when
 * the policy allows it, and records for undo what others are about to change (../record). One call after the other, so that it needs no lock. */
#ifndef MOAT_SUPERVISOR_H
#define MOAT_SUPERVISOR_H

#include "../policy.h"
#include "../tree.h"

/* What the process above the command can do with its calls. */
enum able { ABLE_METADATA = 1, ABLE_RECORD = 2, ABLE_NOTHING_READ = 4, ABLE_NOTHING_KEPT = 8 };

/* There is something to do for it in this policy. */
int supervisor_wanted(const struct policy *p);
/* In the process that answers, before the command's is forked, or anything between them. */
void supervisor_prepare(const struct policy *p);
/* In the command's process: what the one above can do. Where a security module or a filter keeps it from looking into the memory of its
 * own children (ABLE_NOTHING_READ), metadata calls would be refused; with ABLE_NOTHING_KEPT the capture cannot be written. */
int supervisor_able(void);
/* In the command's process: gives the filter's listener away. */
void supervisor_hand_over(long listener);
/* In a process between the two: it has no part in this. */
void supervisor_leave(void);
/* In the process that answers, once it has forked `child`: what it does while it waits. `within`: the child is in namespaces that are not finished
 * yet, so it cannot be looked into until it has executed something. */
struct service *supervisor_service(long child, int within);

#endif
