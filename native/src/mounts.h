/* The mount plan of the ns tiers. */
#ifndef MOAT_MOUNTS_H
#define MOAT_MOUNTS_H

#include "policy.h"

/* In a new mount namespace: everything read-only but the writable roots, protected paths read-only in them, hidden paths and foreign
 * sockets covered, a /dev of harmless devices, a /proc of the new PID namespace. */
void mounts_apply(const struct policy *p);
/* O_PATH descriptor of a copy of the mount tree at `path`. */
long mounts_clone(const char *path);
/* Puts the copy `tree` where `path` leads now. */
void mounts_put(long tree, const char *path);

#endif
