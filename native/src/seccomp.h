/* The system calls that a confined command does not get. */
#ifndef MOAT_SECCOMP_H
#define MOAT_SECCOMP_H

#include "policy.h"

/* Sockets of the internet families can be made: they reach the network, or nothing but the own loopback. */
int inet_allowed(const struct policy *p);
/* What of `unix` can be enforced: where sockets of others cannot be kept out of reach, "masked" means none. */
enum unix_sockets unix_enforced(const struct policy *p);
/* Installs the filter for good. Needs NO_NEW_PRIVS, or root's power over the machine where nothing is confined. `able`: what the process above does with
 * the calls of a listener (supervisor.h). Gives the listener, or a negative errno where there is none: -EBUSY when a sandbox around this one has
 * one, and the kernel takes no second. */
long seccomp_apply(const struct policy *p, int abi, int able);

#endif
