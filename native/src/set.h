/* A set of strings of bounded size. Only the pages that are used cost anything. */
#ifndef MOAT_SET_H
#define MOAT_SET_H

#include "abi.h"

#define SET_SLOTS 32768

struct set {
  size_t used;
  u32 count;
  u32 slots[SET_SLOTS]; /* a hash table of where the strings begin, plus 1; 0: free; at most half full */
  char bytes[2 << 20];  /* the strings, each ended by NUL */
};

/* Where `s` stands in the set, plus 1; added when it is new, and then `*new` is 1. 0 when there is no room for it. */
u32 set_add(struct set *set, const char *s, int *new);
/* The string after `previous` (NULL: the first) in the order in which they were added; NULL after the last. */
const char *set_next(const struct set *set, const char *previous);

#endif
