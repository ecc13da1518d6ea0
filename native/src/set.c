#include "set.h"

#include "sys.h"
#include "text.h"

u32 set_add(struct set *set, const char *s, int *new) {
  size_t length = text_length(s);
  u32 hash = 2166136261U; /* FNV-1a */
  for (size_t i = 0; i < length; i++) hash = (hash ^ (u8)s[i]) * 16777619U;
  u32 slot = hash % SET_SLOTS;
  *new = 0;
  for (; set->slots[slot]; slot = (slot + 1) % SET_SLOTS)
    if (text_equal(set->bytes + set->slots[slot] - 1, s)) return set->slots[slot];
  if (set->count == SET_SLOTS / 2 || set->used + length + 1 > sizeof set->bytes) return 0;
  memcpy(set->bytes + set->used, s, length + 1);
  set->slots[slot] = (u32)set->used + 1;
  set->used += length + 1;
  set->count++;
  *new = 1;
  return set->slots[slot];
}

const char *set_next(const struct set *set, const char *previous) {
  const char *next = previous ? previous + text_length(previous) + 1 : set->bytes;
  return next < set->bytes + set->used ? next : NULL;
}
