/* What a capture has seen: marks for files and for names in directories. */
#ifndef MOAT_TABLE_H
#define MOAT_TABLE_H

#include "journal.h"

/* Marks of a file; of a name there is only MARK_NAMED. */
enum mark { MARK_META = 1, MARK_COPIED = 2, MARK_LINKED = 4, MARK_GAP = 8, MARK_DIRECTORY = 16, MARK_NAMED = 32 };

/* The marks of the file `id` (name NULL), or of `name` in the directory `id`; they can be added to until the next call of this function.
 * NULL when there is no memory for more. */
u32 *table_marks(const struct id *id, const char *name);
/* Everything is unseen again. */
void table_clear(void);

#endif
