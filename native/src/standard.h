/* The three descriptors that a command inherits. In namespaces they still lead to the mounts outside, which are not read-only: what
 * lies behind them could be given another mode, owner or time through them. */
#ifndef MOAT_STANDARD_H
#define MOAT_STANDARD_H

#include "policy.h"

/* In the new mounts: opens those that are devices again, on the read-only mounts of the new /dev. */
void standard_reopen(void);
/* Nothing outside the writable places can be changed through them. */
int standard_held(const struct policy *p);

#endif
