/* The place in the machine's own mounts that a call of the command names: a name in a directory, and what it means now. */
#ifndef MOAT_SPOT_H
#define MOAT_SPOT_H

#include "../policy.h"
#include "../supervisor/lookup.h"
#include "directory.h"

#define NAME_MAX 255

struct spot {
  struct directory *directory; /* NULL: the file is in sight nowhere, but through the magic link */
  char name[NAME_MAX + 1];
  char path[PATH_MAX + NAME_MAX + 2]; /* of both; where there is no directory, what the magic link says */
  int exists;
  struct statx file; /* these two where it exists */
  struct id id;
  long thread; /* /proc/THREAD/LINK leads to the file; 0: it was not named that way */
  char link[LINK_SIZE];
};

void spot_prepare(const struct policy *p);
/* What `thread` means by `path` (changed meanwhile) from its descriptor `fd` on. `follow`: a symlink at the end is not meant itself. 0, or a negative
 * errno: then the call fails as well, but with -ESTALE and -ELOOP, which say that it cannot be known from here what the path means. */
long spot_find(struct spot *to, long thread, s32 fd, char *path, int follow);
/* What `directory` has as `name`. */
long spot_in(struct spot *to, struct directory *directory, const char *name);
/* The file behind a descriptor of `thread`. */
long spot_of_descriptor(struct spot *to, long thread, s32 fd);

/* Which file that is, and nothing more. */
long spot_identify(long thread, s32 fd, struct id *id);

/* Where a path lies. What is in git's own directory is passed over, but for that directory itself. */
enum region { ELSEWHERE, CAPTURED, IN_GIT, GIT_ITSELF };
enum region spot_region(const char *path);

#endif
