/* Places that must not come into being, and that nothing keeps from it: moat moves away what appeared there. The launcher does, when
 * moat is gone by then. */
#ifndef MOAT_APPEARED_H
#define MOAT_APPEARED_H

#include "policy.h"

/* Notes which of the policy's absent places really are. */
void appeared_begin(const struct policy *p);
/* Once everything of the command has ended: moves what appeared to a name beside it that nothing reads, if moat has closed its end of
 * descriptor 3. */
void appeared_end(const struct policy *p);

#endif
