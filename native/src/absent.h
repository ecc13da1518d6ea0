/* Protected paths that do not exist. A mount can only protect what is there, so the first component that is missing is made,
 * empty, for as long as commands need it, and taken away by the last of them. */
#ifndef MOAT_ABSENT_H
#define MOAT_ABSENT_H

#include "policy.h"

/* Replaces every protected path by the existing one whose protection protects it, made where it was missing. Drops those that
 * nobody could make. */
void absent_hold(struct policy *p);
/* Takes away what no other launcher needs any more. */
void absent_release(void);

#endif
