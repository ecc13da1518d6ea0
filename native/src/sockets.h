/* Unix sockets that exist outside: what `unix masked` keeps out of reach. */
#ifndef MOAT_SOCKETS_H
#define MOAT_SOCKETS_H

#include "policy.h"

/* Collects their paths, before namespaces are made. */
void sockets_find(const struct policy *p);
const struct paths *sockets_found(void);
/* Some process outside can be reached over a socket that nothing covers, on a kernel with this Landlock ABI. */
int sockets_in_reach(int abi);

#endif
