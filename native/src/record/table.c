#include "table.h"

#include "../sys.h"

/* Slots in the beginning, and at most: 2 million things seen, in 100 MB. At most half of them are used. */
enum { FEWEST = 1 << 10, MOST = 1 << 22 };

/* Two hashes stand for what was seen: 128 bits do not meet by chance, and nothing depends on nobody making them meet. */
struct slot {
  u64 one, two; /* both 0: free */
  u64 marks;
};
static struct slot *slots;
static u32 size, used;

/* The finalizer of MurmurHash3: every bit of the input changes half of the bits. */
static u64 mix(u64 n) {
  n = (n ^ n >> 33) * 0xff51afd7ed558ccdULL;
  n = (n ^ n >> 33) * 0xc4ceb9fe1a85ec53ULL;
  return n ^ n >> 33;
}

static struct slot key_of(const struct id *id, const char *name) {
  const u64 words[] = {id->device, id->inode, id->born, name != NULL};
  struct slot key = {0x9e3779b97f4a7c15ULL, 0xc2b2ae3d27d4eb4fULL, 0}; /* odd constants without a pattern: those of xxHash and the golden ratio */
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) key.one = mix(key.one ^ words[i]), key.two = mix(key.two + words[i]);
  for (; name && *name; name++) key.one = mix(key.one ^ (u8)*name), key.two = mix(key.two + (u8)*name);
  return key;
}

static struct slot *find(const struct slot *key) {
  u32 at = (u32)key->one & (size - 1);
  while ((slots[at].one || slots[at].two) && (slots[at].one != key->one || slots[at].two != key->two)) at = (at + 1) & (size - 1);
  return &slots[at];
}

static int grow(void) {
  struct slot *old = slots;
  u32 count = size;
  if (size >= MOST) return 0;
  size_t bytes = sizeof *old * (count ? 2 * count : FEWEST);
  long memory = SYS6(NR_mmap, NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory < 0 && memory > -4096) return 0;
  slots = (struct slot *)memory;
  size = count ? 2 * count : FEWEST;
  for (u32 i = 0; i < count; i++)
    if (old[i].one || old[i].two) *find(&old[i]) = old[i];
  if (old) SYS2(NR_munmap, old, sizeof *old * count);
  return 1;
}

u32 *table_marks(const struct id *id, const char *name) {
  struct slot key = key_of(id, name);
  if (2 * used >= size && !grow()) return NULL;
  struct slot *slot = find(&key);
  if (!slot->one && !slot->two) {
    *slot = key;
    used++;
  }
  return (u32 *)&slot->marks;
}

void table_clear(void) {
  if (slots) SYS2(NR_munmap, slots, sizeof *slots * size);
  slots = NULL;
  size = used = 0;
}
