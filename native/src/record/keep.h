/* Where bytes are kept that a command is about to destroy: copied into one pack, or as a second name of the same file. */
#ifndef MOAT_KEEP_H
#define MOAT_KEEP_H

#include "../policy.h"
#include "journal.h"

/* In the capture's directory `at`. A negative errno when that fails. */
long keep_open(const struct policy *p, long at);
/* Appends the content of the regular file that is open as `fd` and has `size` bytes. 0, or why it was not kept (enum gap). */
u32 keep_copy(long fd, u64 size, u64 *offset, u64 *length);
/* Gives `name` in the directory `directory`, which is the file `id`, a second name: the number `*number`. 0, or a negative errno: -ESTALE when
 * it is another file by now. */
long keep_link(long directory, const char *name, const struct id *id, u64 *number);
/* Room is left on the disk for `size` bytes more, which would not be set free or are to be written. */
int keep_has_room(u64 size);
/* Has everything on the disk. */
void keep_sync(void);
/* Which file `file` tells of. */
struct id keep_id(const struct statx *file);
/* What the directory `directory` has as `name` ("": itself). 0, or a negative errno. */
long keep_look(long directory, const char *name, struct statx *file, struct id *id);

#endif
