#include "mask.h"

#include "../sys.h"
#include "../text.h"
#include "numbers.h"

/* A whiteout where nothing is; where something is, an empty file or directory that a cover can be put on. */
static long make_entry(long mask, const char *path, int found, const struct stat *st) {
  long error;
  int type = st->mode & S_IFMT;
  if (!found) error = SYS4(NR_mknodat, mask, path, S_IFCHR, 0);
  else if (type == S_IFDIR) error = SYS3(NR_mkdirat, mask, path, st->mode & 0777);
  else error = SYS4(NR_mknodat, mask, path, S_IFREG, 0);
  return error == -EEXIST ? 0 : error;
}

/* Masks `path`, which is relative to the home directory, or the first part of it that is missing: what comes into being there later has
 * all of it missing. The directories on the way are seen together with those of the home directory. */
static long mask_path(long mask, long home, const char *path) {
  char part[4096];
  for (size_t end = 0; end < sizeof part; end++) {
    struct stat st;
    part[end] = path[end];
    if (path[end] && path[end] != '/') continue;
    part[end] = 0;
    long found = SYS4(NR_newfstatat, home, part, &st, AT_SYMLINK_NOFOLLOW);
    if (found < 0 && found != -ENOENT) return found;
    long error = make_entry(mask, part, found == 0, &st);
    if (error < 0 || found < 0 || !path[end] || (st.mode & S_IFMT) != S_IFDIR) return error;
    part[end] = '/';
  }
  return -ENAMETOOLONG;
}

long mask_make(const struct policy *p, long mask, long home) {
  long error = 0;
  for (int i = 0; error >= 0 && i < p->hidden.count; i++)
    if (path_within(p->hidden.at[i], p->home)) error = mask_path(mask, home, p->hidden.at[i] + text_length(p->home) + 1);
  return error;
}

int mask_covers(long mask, const char *path) {
  struct stat st;
  /* What lies beneath a file or a whiteout is masked with it. */
  long error = SYS4(NR_newfstatat, mask, path, &st, AT_SYMLINK_NOFOLLOW);
  return error == 0 || error == -ENOTDIR;
}
