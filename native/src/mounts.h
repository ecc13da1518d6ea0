/* The mount plan of the ns tiers. */
#ifndef MOAT_MOUNTS_H
#define MOAT_MOUNTS_H

#include "policy.h"

/* In a new mount namespace: everything read-only but the writable roots, protected paths read-only in them, hidden paths and foreign
 * sockets covered, a /dev of harmless devices, a /proc of the new PID namespace. */
void mounts_apply(const struct policy *p);

#endif
