/* Unix sockets that exist outside: what `unix masked` keeps out of reach. */
#ifndef MOAT_SOCKETS_H
#define MOAT_SOCKETS_H

#include "policy.h"

/* Finds the places of those that exist, before namespaces are made. */
void sockets_find(const struct policy *p);
/* The place after `previous` (NULL: the first), without symlinks; NULL after the last. Those that the policy lets through are left out. */
const char *sockets_next(const char *previous);
/* Some process outside can be reached over a socket that neither a mount nor a namespace nor Landlock keeps away, or over one
 * whose place could not be found out. Then no unix socket may be made. */
int sockets_in_reach(const struct policy *p);

#endif
