/* What lies between the home directory and the layer over it, so that hidden paths are not seen whatever comes into being there. */
#ifndef MOAT_HOME_MASK_H
#define MOAT_HOME_MASK_H

#include "../policy.h"

/* Makes the mask for the home directory, which `home` leads to, in the empty directory `mask`. Gives 0 or an errno. */
long mask_make(const struct policy *p, long mask, long home);
/* 1 when `path`, relative to the home directory, cannot be seen through the open `mask`. */
int mask_covers(long mask, const char *path);

#endif
