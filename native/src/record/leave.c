#include "leave.h"

#include "../sys.h"
#include "../text.h"
#include "touch.h"

/* Directories in each other, of which each takes a descriptor and some KB of the stack. */
#define MOST_DEEP 200

static int is_directory(const struct spot *s) { return (s->file.mode & S_IFMT) == S_IFDIR; }

static void leave_tree(struct directory *d, int deep);

static void leave_entry(struct directory *d, const char *name, int deep) {
  static struct spot entry;
  struct directory below;
  if (spot_in(&entry, d, name) < 0 || !entry.exists) return;
  enum region region = spot_region(entry.path);
  if (region == GIT_ITSELF) touch_gap(&entry.id, GAP_GIT, entry.path);
  if (region != CAPTURED) return;
  touch_name(&entry);
  touch_removed(&entry);
  if (!is_directory(&entry)) return;
  below.fd = SYS4(NR_openat, d->fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
  below.id = entry.id;
  if (below.fd < 0 || deep == MOST_DEEP || text_length(entry.path) >= sizeof below.path) {
    touch_gap(&entry.id, GAP_OTHER, entry.path);
  } else {
    memcpy(below.path, entry.path, text_length(entry.path) + 1);
    leave_tree(&below, deep + 1);
  }
  if (below.fd >= 0) sys_close(below.fd);
}

static void leave_tree(struct directory *d, int deep) {
  char entries[4096] __attribute__((aligned(8)));
  long fd = SYS4(NR_openat, d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (fd < 0) {
    touch_gap(&d->id, GAP_UNREADABLE, d->path);
    return;
  }
  for (long n; (n = SYS3(NR_getdents64, fd, entries, sizeof entries)) > 0;) {
    for (long at = 0; at < n;) {
      struct dirent64 *found = (struct dirent64 *)(entries + at);
      at += found->reclen;
      if (!text_equal(found->name, ".") && !text_equal(found->name, "..")) leave_entry(d, found->name, deep);
    }
  }
  sys_close(fd);
}

void leave(const struct spot *s) {
  long error;
  touch_removed(s);
  if (!s->directory || !is_directory(s)) return;
  struct directory *d = directory_at(s->directory, s->name, &error), top;
  if (!d) return;
  top = *d;
  leave_tree(&top, 0);
}
