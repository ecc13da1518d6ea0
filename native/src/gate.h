/* The way out of a network of its own: sockets that listen inside and are served by moat, outside. */
#ifndef MOAT_GATE_H
#define MOAT_GATE_H

#include "policy.h"

/* Opens a listening socket on 127.0.0.1 for each port of the policy, in the network that the caller is in, hands them over, and waits until
 * the first one answers as a proxy. Fails when it does not, or when anything else can be reached directly. */
void gate_open(const struct policy *p);

#endif
