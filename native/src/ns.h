/* The namespaces of the ns tiers. */
#ifndef MOAT_NS_H
#define MOAT_NS_H

#include "policy.h"

static inline int policy_namespaces(const struct policy *p) { return p->tier == TIER_NS || p->tier == TIER_NS_ONLY; }

/* Starts process 1 of new user, mount, IPC, PID and, with `net none`, network namespaces, and gives its number. In that process
 * (0) everything is in place: ids, mounts, loopback, /proc. Fails on whichever side something could not be set up. */
long ns_fork(struct policy *p);
/* Gives a process that is in a new user namespace the ids of this one: to be called from outside of it, by the user who made it. */
void ns_map_ids(long pid);
/* Switches the loopback interface of this network on. */
void ns_raise_loopback(void);
/* Takes back what ns_fork left in the file system, once everything in the namespaces has ended. */
void ns_clean_up(void);

#endif
