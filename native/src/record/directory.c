#include "directory.h"

#include "../supervisor/target.h"
#include "../sys.h"
#include "../text.h"
#include "keep.h"

/* More than a call looks at, and about as many as a program works in at a time. */
#define KNOWN 32

static struct directory known[KNOWN];
static int count, next;

static int same(const struct id *a, const struct id *b) { return a->device == b->device && a->inode == b->inode && a->born == b->born; }

/* That is said behind its name, which some directory could have. */
static int is_gone(const struct directory *d) {
  static const char said[] = " (deleted)";
  size_t length = text_length(d->path), end = sizeof said - 1;
  struct statx file;
  struct id id;
  if (length < end || !text_equal(d->path + length - end, said)) return 0;
  return keep_look(d->fd, "", &file, &id) < 0 || file.nlink == 0;
}

/* A descriptor knows where its directory lies, whatever was renamed meanwhile. */
static struct directory *located(struct directory *d, long *error) {
  char name[24];
  long n = SYS4(NR_readlinkat, target_own_link(d->fd, name), name, d->path, sizeof d->path);
  if (n <= 0 || n == sizeof d->path) {
    *error = n < 0 ? n : -ENAMETOOLONG;
    return NULL;
  }
  d->path[n] = 0;
  if (!is_gone(d)) return d;
  *error = -ENOENT;
  return NULL;
}

static struct directory *find(const struct id *id) {
  for (int i = 0; i < count; i++)
    if (same(&known[i].id, id)) return &known[i];
  return NULL;
}

/* Takes the descriptor over. */
static struct directory *remember(long fd, const struct id *id) {
  struct directory *d = &known[next];
  if (count < KNOWN) count++;
  else sys_close(d->fd);
  next = (next + 1) % KNOWN;
  d->fd = fd;
  d->id = *id;
  return d;
}

static struct directory *take(long fd, long *error) {
  struct statx file;
  struct id id;
  *error = keep_look(fd, "", &file, &id);
  struct directory *d = *error < 0 ? NULL : find(&id);
  if (*error < 0 || d) sys_close(fd);
  else d = remember(fd, &id);
  return d ? located(d, error) : NULL;
}

struct directory *directory_at(const struct directory *base, const char *path, long *error) {
  struct open_how how = {O_PATH | O_DIRECTORY | O_CLOEXEC, 0, RESOLVE_NO_MAGICLINKS};
  long fd = SYS4(NR_openat2, base ? base->fd : AT_FDCWD, path, &how, sizeof how);
  *error = fd;
  return fd < 0 ? NULL : take(fd, error);
}

struct directory *directory_of(long thread, const char *link, long *error) {
  static char path[PATH_MAX];
  struct statx file;
  *error = target_look(thread, link, &file);
  if (*error < 0) return NULL;
  struct id id = keep_id(&file);
  struct directory *d = find(&id);
  if (d) return located(d, error);
  long n = target_where(thread, link, path, sizeof path - 1);
  *error = n;
  if (n < 0) return NULL;
  path[n] = 0;
  long fd = sys_open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
  *error = fd == -ENOENT ? -ESTALE : fd;
  if (fd < 0) return NULL;
  d = take(fd, error);
  if (d && !same(&d->id, &id)) *error = -ESTALE;
  return *error < 0 ? NULL : d;
}
