/* Protected paths that do not exist. A mount can only protect what is there, so the first component that is missing is made, empty, for
 * as long as commands need it, and taken away by the last of them: a stand-in. Only what still is one is ever taken away. */
#ifndef MOAT_ABSENT_H
#define MOAT_ABSENT_H

#include "policy.h"

/* Replaces every protected path by the existing one whose protection protects it, made where it was missing. Drops those that
 * nobody could make. Of the places that are only looked after, those that exist by now are protected as well. */
void absent_hold(struct policy *p);
/* In a process that was forked after absent_hold: the stand-ins are the other one's to take away. */
void absent_forget(void);
/* Takes away what no other launcher needs any more. */
void absent_release(void);
/* Takes away what an earlier launcher, which was killed, left at one of the policy's paths. */
void absent_clear(const struct policy *p);

#endif
