/* The kernel's side of the supervisor: the listener of the system call filter. */
#ifndef MOAT_NOTIFY_H
#define MOAT_NOTIFY_H

#include "request.h"

/* An answer that lets the kernel do the call. Only right where the answer was found in the arguments themselves: what they
 * point to can be another thing by then. */
#define ANSWER_CONTINUE (-5000L)

/* A pair of sockets on which a descriptor can go from the second to the first. */
void notify_pair(int *pair);
/* Sends `listener` over `to`. A negative errno when that fails. */
long notify_hand_over(long to, long listener);
/* Lets the caller and its answerer take turns on one processor, where the kernel knows how (Linux 6.6). */
void notify_take_turns(long listener);
/* The descriptor that was sent; 0 when the sender ended without sending one; or a negative errno. */
long notify_take(long from);

/* Takes the next call: 1; 0 when it is gone already; a negative errno when the listener cannot be used. */
long notify_receive(long listener, struct request *r);
/* The call still waits: so everything that was read by its thread's number was that thread's. */
int notify_waits(long listener, const struct request *r);
/* Answers with `result` (a negative errno, a value, or ANSWER_CONTINUE). A negative errno when the listener cannot be used. */
long notify_answer(long listener, const struct request *r, long result);

#endif
