/* The journal of a capture: records of what was there before a command changed it. Format: native/README.md. */
#ifndef MOAT_JOURNAL_H
#define MOAT_JOURNAL_H

#include "../supervisor/abi.h"
#include "numbers.h"

/* Which file it is, whatever it is called: the number alone is used again. All zero: nothing. */
struct id {
  u64 device, inode, born; /* ns; 0 where the file system does not say */
};

enum record { BEGIN = 1, DIRECTORY, NAME, META, CONTENT, GAP, END };
#define END_WHOLE 1 /* everything was recorded, or named as missing */
enum content { CONTENT_PACK = 1, CONTENT_LINK, CONTENT_SYMLINK };
enum gap {
  GAP_FILE_CAP = 1, GAP_TOTAL_CAP, GAP_NO_SPACE, GAP_UNREADABLE, GAP_CALLER, GAP_PATH, GAP_KIND, GAP_OTHER, GAP_GIT,
};

/* In the directory `at`. A negative errno when that fails. */
long journal_open(long at);
/* Nanoseconds since 1970, of CLOCK_REALTIME. */
u64 journal_clock(void);
/* One record: a start, its fields in order, a finish. Nothing is in the file before journal_write. */
void journal_start(enum record type, u64 time);
void journal_u32(u32 value);
void journal_u64(u64 value);
void journal_id(const struct id *id);
void journal_string(const char *bytes, size_t size);
/* Where the next `size` bytes go, to be filled in and then counted by journal_filled; NULL when there is no room for them. */
char *journal_room(size_t size);
void journal_filled(size_t size);
/* A number that was written at `at` (journal_here) gets another value. */
size_t journal_here(void);
void journal_set_u32(size_t at, u32 value);
void journal_finish(void);
/* Gives all finished records to the kernel: from then on they are there, whatever becomes of this process. */
void journal_write(void);
/* Bytes in the file. */
u64 journal_size(void);
/* Nothing was lost: every record that was finished is in the file. */
int journal_whole(void);
/* Has everything on the disk. */
void journal_sync(void);

#endif
