/* What is moved to where nothing is recorded. */
#ifndef MOAT_LEAVE_H
#define MOAT_LEAVE_H

#include "spot.h"

/* Keeps the file, or the directory with everything beneath it, as if it were removed. */
void leave(const struct spot *s);

#endif
