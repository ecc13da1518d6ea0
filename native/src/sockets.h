/* Unix sockets that exist outside: what `unix masked` keeps out of reach. */
#ifndef MOAT_SOCKETS_H
#define MOAT_SOCKETS_H

#include "policy.h"

/* Collects their paths, before namespaces are made. */
void sockets_find(const struct policy *p);
const struct paths *sockets_found(void);
/* Some process outside can be reached over a socket that neither a mount nor a namespace nor Landlock keeps away. */
int sockets_in_reach(const struct policy *p);

#endif
