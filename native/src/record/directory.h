/* Directories of the machine's own mounts, which a command may know through other ones. */
#ifndef MOAT_DIRECTORY_H
#define MOAT_DIRECTORY_H

#include "journal.h"

struct directory {
  long fd; /* O_PATH */
  struct id id;
  char path[PATH_MAX]; /* where it lies now */
};

/* What /proc/THREAD/`link` (cwd, root, fd/N) leads to, by the name that it has there. A negative errno in `*error` and NULL: no directory; -ESTALE:
 * something else has that name here. The last few results of these functions stay as they are. */
struct directory *directory_of(long thread, const char *link, long *error);
/* `path` from `base` on (NULL: from the root directory). As above. */
struct directory *directory_at(const struct directory *base, const char *path, long *error);

#endif
