/* Where an open file lies, and whether the policy lets it be changed there. */
#ifndef MOAT_PLACE_H
#define MOAT_PLACE_H

#include "../policy.h"

/* Index of the writable root that decides about `path`; -1: it is not to be changed. */
int place_root(const struct policy *p, const char *path);
/* Before the first question to the next one. 0 when not every writable root is there and can be told from others. */
int place_prepare(const struct policy *p);
/* 0 when the file behind the O_PATH descriptor `fd` may be changed: it lies in a writable root, and nothing protected or hidden lies
 * between them; or it lies nowhere, as pipes and memory files do. Otherwise the negative errno of the refusal. */
long place_check(long fd);

#endif
