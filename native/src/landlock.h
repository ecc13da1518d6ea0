/* File, network and scope rules of the command, in one Landlock ruleset. */
#ifndef MOAT_LANDLOCK_H
#define MOAT_LANDLOCK_H

#include "policy.h"

/* ABI of the running kernel, or the lower one that the policy asks for; 0 where there is no Landlock. */
int landlock_abi(const struct policy *p);
/* Restricts the calling process for good. Needs NO_NEW_PRIVS and abi >= 1. */
void landlock_apply(const struct policy *p, int abi);
/* A hidden path that exists lies inside a writable root: rules can only allow, so they cannot hide it there. */
int landlock_cannot_hide(const struct policy *p);

#endif
