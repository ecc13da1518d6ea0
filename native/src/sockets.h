/* Unix sockets that exist outside: what `unix masked` covers. */
#ifndef MOAT_SOCKETS_H
#define MOAT_SOCKETS_H

#include "policy.h"

/* Collects their paths, before the namespaces are made. */
void sockets_find(const struct policy *p);
const struct paths *sockets_found(void);

#endif
