/* How much memory the command may take. */
#ifndef MOAT_MEMORY_H
#define MOAT_MEMORY_H

#include "policy.h"

/* Opens what the command will join, before it sees other mounts. */
void memory_open(const struct policy *p);
/* Puts the calling process under the limit of `p`. Gives what enforces it, for the report; NULL: there is no limit. */
const char *memory_limit(const struct policy *p);

#endif
