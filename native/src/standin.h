/* One stand-in: an empty file or directory of ours in a user's directory. */
#ifndef MOAT_STANDIN_H
#define MOAT_STANDIN_H

#include "abi.h"

#define NAME_SIZE 256

/* `st` is that of a stand-in: its mode, that it is empty, and a time that nothing has by chance. Whoever writes to it, puts
 * something into it or changes its mode makes it his. */
int standin_is(const struct stat *st);
/* Makes `name` in the open directory `parent` at once, with its mark. Gives 0, -EEXIST when there is something by that name, or why
 * it cannot be made. */
long standin_make(long parent, const char *name, int directory);
/* Takes `name` in `parent` away when it still is the stand-in that `fd`, which is locked by nobody else, leads to. */
void standin_remove(long parent, const char *name, long fd);
/* Tidies up what was left in `parent` by a launcher that was killed while it made or removed one. */
void standin_sweep(long parent);

#endif
