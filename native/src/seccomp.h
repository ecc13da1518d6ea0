/* The system calls that a confined command does not get. */
#ifndef MOAT_SECCOMP_H
#define MOAT_SECCOMP_H

#include "policy.h"

/* Sockets of the internet families can be made: they reach the network, or nothing but the own loopback. */
int inet_allowed(const struct policy *p);
/* What of `unix` can be enforced: where sockets of others cannot be kept out of reach, "masked" means none. */
enum unix_sockets unix_enforced(const struct policy *p);
/* Installs the filter for good. Needs NO_NEW_PRIVS. Gives the listener of what the supervisor answers, when `supervised`; -1
 * where it answers nothing: a sandbox around this one has its own listener, and the kernel takes no second one. */
long seccomp_apply(const struct policy *p, int abi, int supervised);

#endif
