#include "journal.h"

#include "../sys.h"
#include "../text.h"

/* One call writes a few records; attributes are the largest part of them (65,536 bytes each at most). */
#define ROOM (512 << 10)
/* size, crc, type and seven zeros, time */
#define HEADER 24
#define POLYNOMIAL 0xedb88320U /* CRC-32 of IEEE 802.3, reflected */

static u8 buffer[ROOM];
static size_t used, start;
static int overflowed, lost, closed;
static long file = -1;
static u64 written;
static u32 remainders[256];

long journal_open(long at) {
  for (u32 i = 0; i < 256; i++) {
    u32 c = i;
    for (int bit = 0; bit < 8; bit++) c = c & 1 ? POLYNOMIAL ^ c >> 1 : c >> 1;
    remainders[i] = c;
  }
  file = SYS4(NR_openat, at, "journal", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  return file;
}

u64 journal_clock(void) {
  struct timespec now = {0, 0};
  SYS2(NR_clock_gettime, 0, &now);
  return (u64)now.seconds * 1000000000ULL + (u64)now.nanoseconds;
}

char *journal_room(size_t size) {
  if (overflowed || size > ROOM - used) {
    overflowed = 1;
    return NULL;
  }
  return (char *)buffer + used;
}

void journal_filled(size_t size) { used += size; }

static void put(const void *bytes, size_t size) {
  char *to = journal_room(size);
  if (!to) return;
  memcpy(to, bytes, size);
  used += size;
}

void journal_u32(u32 value) { put(&value, sizeof value); }
void journal_u64(u64 value) { put(&value, sizeof value); }
void journal_id(const struct id *id) { put(id, sizeof *id); }

void journal_string(const char *bytes, size_t size) {
  journal_u32((u32)size);
  put(bytes, size);
}

size_t journal_here(void) { return used; }
void journal_set_u32(size_t at, u32 value) { memcpy(buffer + at, &value, sizeof value); }

void journal_start(enum record type, u64 time) {
  start = used;
  overflowed = 0;
  journal_u64(0);
  journal_u64((u64)type);
  journal_u64(time);
}

static u32 checksum(const u8 *bytes, size_t size) {
  u32 c = ~0U;
  while (size--) c = remainders[(c ^ *bytes++) & 0xff] ^ c >> 8;
  return ~c;
}

/* A record that has no room is one that is missing, and the end says so. */
void journal_finish(void) {
  while (!overflowed && used % 8) put("", 1);
  if (overflowed) {
    used = start;
    overflowed = 0;
    lost = 1;
    return;
  }
  u32 size = (u32)(used - start), sum = checksum(buffer + start + 8, size - 8);
  memcpy(buffer + start, &size, sizeof size);
  memcpy(buffer + start + 4, &sum, sizeof sum);
}

/* Half a record would end the journal for its reader: it is taken back, and nothing follows that could be. */
void journal_write(void) {
  size_t done = 0;
  while (!closed && done < used) {
    long n = sys_write(file, buffer + done, used - done);
    if (n > 0) done += (size_t)n;
    else if (n != -EINTR) lost = closed = 1;
  }
  if (done < used) SYS2(NR_ftruncate, file, written);
  else written += done;
  used = 0;
}

u64 journal_size(void) { return written; }
int journal_whole(void) { return !lost; }
void journal_sync(void) { SYS1(NR_fdatasync, file); }
