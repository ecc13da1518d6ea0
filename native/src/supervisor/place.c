#include "place.h"

#include "../sys.h"
#include "../text.h"
#include "abi.h"
#include "target.h"

static const struct policy *policy;
/* What each writable root was in the beginning: Landlock's rules hold for that directory and no other one of its name. */
static struct identity {
  u64 mount, device, inode;
} roots[MAX_PATHS];
/* 0, or a negative errno. */
static long identify(long fd, struct identity *to, u32 *links) {
  struct statx file;
  long error = SYS5(NR_statx, fd, "", AT_EMPTY_PATH, STATX_NLINK | STATX_INO | STATX_MNT_ID, &file);
  if (error < 0) return error;
  if (!(file.mask & STATX_MNT_ID)) return -ENOSYS; /* Before Linux 5.8. */
  *to = (struct identity){file.mount_id, (u64)file.dev_major << 32 | file.dev_minor, file.ino};
  if (links) *links = file.nlink;
  return 0;
}

/* What lies at `path` now, without any symlink on the way. All zero when there is nothing. */
static struct identity identity_at(const char *path) {
  struct identity found = {0};
  long fd = sys_open_exact(path);
  if (fd < 0) return found;
  identify(fd, &found, NULL);
  sys_close(fd);
  return found;
}

static int same_file(const struct identity *a, const struct identity *b) { return a->device == b->device && a->inode == b->inode; }

/* The file system of all memory files is mounted nowhere: a file of ours tells which it is. */
static int is_in_memory(const struct identity *file) {
  struct identity ours;
  long fd = SYS2(NR_memfd_create, "", MFD_CLOEXEC);
  if (fd < 0) return 0;
  int same = identify(fd, &ours, NULL) == 0 && ours.device == file->device;
  sys_close(fd);
  return same;
}

int place_prepare(const struct policy *p) {
  int known = 0;
  policy = p;
  for (int i = 0; i < p->writable.count; i++) {
    roots[i] = identity_at(p->writable.at[i]);
    known += roots[i].inode != 0;
  }
  return known == p->writable.count;
}

/* Index of the longest of `list` that `path` is or lies beneath; -1 for none. */
static int innermost(const struct paths *list, const char *path) {
  int best = -1;
  for (int i = 0; i < list->count; i++)
    if (path_within(path, list->at[i]) && (best < 0 || text_length(list->at[i]) > text_length(list->at[best]))) best = i;
  return best;
}

int place_root(const struct policy *p, const char *path) {
  if (innermost(&p->hidden, path) >= 0) return -1;
  int root = innermost(&p->writable, path);
  if (root < 0) return -1;
  const struct paths *const closed[] = {&p->protect, &p->guard};
  for (int i = 0; i < 2; i++) {
    int place = innermost(closed[i], path);
    if (place >= 0 && text_length(closed[i]->at[place]) >= text_length(p->writable.at[root])) return -1;
  }
  return root;
}

/* The file is where `path` says. In the mount of the root that holds for sure; a mount beneath it has to be in sight, or the descriptor
 * came from mounts that are not ours, where the name means another file. */
static int lies_in(int root, const char *path, const struct identity *file) {
  struct identity now = identity_at(policy->writable.at[root]);
  if (!now.inode || !same_file(&now, &roots[root])) return 0;
  if (file->mount == now.mount) return 1;
  now = identity_at(path);
  return same_file(&now, file);
}

long place_check(long fd) {
  static char path[PATH_MAX];
  char name[24];
  struct identity file;
  u32 links;
  long directory = target_own_link(fd, name);
  long n = SYS4(NR_readlinkat, directory, name, path, sizeof path);
  if (n < 0) return n;
  if (n == sizeof path) return -ENAMETOOLONG;
  path[n] = 0;
  /* In no directory, so nobody finds it there. Namespaces and the like have such names too, but belong to the machine. */
  if (path[0] != '/') return text_after(path, "pipe:[") || text_after(path, "socket:[") ? 0 : -EPERM;
  if (identify(fd, &file, &links) < 0) return -EPERM;
  if (!links && text_after(path, "/memfd:") && is_in_memory(&file)) return 0;
  int root = place_root(policy, path);
  return root >= 0 && lies_in(root, path, &file) ? 0 : -EPERM;
}
