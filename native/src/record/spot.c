#include "spot.h"

#include "../ns.h"
#include "../supervisor/target.h"
#include "../sys.h"
#include "../text.h"
#include "keep.h"

/* As many symlinks as the kernel follows in one path. */
#define MOST_SYMLINKS 40

static const struct policy *policy;
static char target[PATH_MAX];

void spot_prepare(const struct policy *p) { policy = p; }

static void compose(struct spot *s) {
  size_t length = text_length(s->directory->path), name = text_length(s->name);
  memcpy(s->path, s->directory->path, length);
  if (length > 1) s->path[length++] = '/';
  memcpy(s->path + length, s->name, name + 1);
}

/* `path` without slashes at its end; gives the last component, and cuts it off: `*before` is what is left, NULL for nothing. */
static const char *split(char *path, const char **before) {
  size_t end = text_length(path);
  while (end > 1 && path[end - 1] == '/') path[--end] = 0;
  while (end && path[end - 1] != '/') end--;
  *before = end == 0 ? NULL : end == 1 ? "/" : path;
  if (end > 1) path[end - 1] = 0;
  return path + end;
}

long spot_in(struct spot *to, struct directory *directory, const char *name) {
  size_t size = text_length(name);
  if (size > NAME_MAX) return -ENAMETOOLONG;
  memcpy(to->name, name, size + 1);
  to->directory = directory;
  to->thread = 0;
  compose(to);
  long error = keep_look(directory->fd, name, &to->file, &to->id);
  to->exists = error == 0;
  return error == -ENOENT ? 0 : error;
}

/* `path` is absolute, and no component is a symlink. */
static long spot_at(struct spot *to, char *path) {
  const char *before;
  long error;
  const char *name = split(path, &before);
  if (!*name) return -EBUSY; /* The root directory: nothing is done to its name. */
  struct directory *d = directory_at(NULL, before, &error);
  return d ? spot_in(to, d, name) : error;
}

/* "." and "..": it is a directory, which knows its own name. */
static long spot_of_directory(struct spot *to, const struct directory *base, const char *path) {
  long error;
  struct directory *d = directory_at(base, path, &error);
  if (!d) return error;
  memcpy(target, d->path, text_length(d->path) + 1);
  return spot_at(to, target);
}

static int ends_in_dots(const char *path) {
  size_t end = text_length(path), start;
  while (end && path[end - 1] == '/') end--;
  for (start = end; start && path[start - 1] != '/'; start--) continue;
  return end - start == 1 ? path[start] == '.' : end - start == 2 && path[start] == '.' && path[start + 1] == '.';
}

static long spot_below(struct spot *to, struct directory *base, char *path) {
  const char *before;
  long error = 0;
  if (!*path) return -ENOENT;
  if (ends_in_dots(path)) return spot_of_directory(to, base, path);
  const char *name = split(path, &before);
  if (!*name) return -EBUSY;
  struct directory *d = before ? directory_at(base, before, &error) : base;
  return d ? spot_in(to, d, name) : error;
}

static long spot_of_link(struct spot *to, long thread, const char *link) {
  struct statx file;
  long error = target_look(thread, link, &file);
  if (error < 0) return error;
  long n = target_where(thread, link, target, sizeof target - 1);
  if (n < 0) return n;
  target[n] = 0;
  if (*target != '/') return -ENOENT; /* A pipe, a socket: it has no name. */
  memcpy(to->path, target, (size_t)n + 1);
  struct id id = keep_id(&file);
  error = spot_at(to, target);
  if (error == 0 && (!to->exists || to->id.inode != id.inode || to->id.device != id.device)) error = -ENOENT;
  if (error < 0) to->directory = NULL;
  if (error == -EBUSY) return error;
  to->file = file;
  to->id = id;
  to->exists = 1;
  to->thread = thread;
  memcpy(to->link, link, text_length(link) + 1);
  return 0;
}

static const char *descriptor_link(s32 fd, char *link) {
  if (fd == AT_FDCWD) return "cwd";
  memcpy(link, "fd/", 3);
  target_digits(link + 3, fd);
  return link;
}

long spot_identify(long thread, s32 fd, struct id *id) {
  char link[LINK_SIZE];
  struct statx file;
  if (fd < 0) return -EBADF;
  long error = target_look(thread, descriptor_link(fd, link), &file);
  if (error == 0) *id = keep_id(&file);
  return error;
}

long spot_of_descriptor(struct spot *to, long thread, s32 fd) {
  char link[LINK_SIZE];
  if (fd < 0 && fd != AT_FDCWD) return -EBADF;
  return spot_of_link(to, thread, descriptor_link(fd, link));
}

/* In namespaces a process has another number for the command than for us. */
static int names_a_process(const char *path) {
  const char *rest = text_after(path, "/proc/");
  if (!rest || !policy_namespaces(policy) || text_number(rest) < 0) return 0;
  while (*rest >= '0' && *rest <= '9') rest++;
  return text_after(rest, "/fd/") || text_after(rest, "/cwd") || text_after(rest, "/root") || text_after(rest, "/task/");
}

/* Only commands that are not confined can have another root directory. */
static int has_other_root(long thread) {
  char root[2];
  return policy->tier == TIER_NONE && (target_where(thread, "root", root, sizeof root) != 1);
}

/* Where `*path` begins; for an absolute one that leads through a magic link, behind that. The link itself, when nothing is behind it, is `*itself`. */
static struct directory *beginning(long thread, s32 fd, char **path, int *itself, struct spot *to, long *error) {
  char link[LINK_SIZE];
  const char *rest;
  long owner = thread;
  *itself = 0;
  if (**path != '/') return directory_of(thread, descriptor_link(fd, link), error);
  if (!lookup_own_link(*path, &owner, link, &rest)) return NULL;
  *itself = !*rest;
  *path += rest - *path;
  if (!*itself) return directory_of(owner, link, error);
  *error = spot_of_link(to, owner, link);
  return NULL;
}

long spot_find(struct spot *to, long thread, s32 fd, char *path, int follow) {
  struct directory *base = NULL;
  long error = 0;
  to->directory = NULL;
  if (!*path) return -ENOENT;
  if (has_other_root(thread)) return -ESTALE;
  for (int links = 0; links < MOST_SYMLINKS; links++) {
    int itself = 0;
    if (names_a_process(path)) return -ESTALE;
    if (!links || *path == '/') base = beginning(thread, fd, &path, &itself, to, &error);
    if (itself && !follow) return -EPERM;
    if (itself || error < 0) return error;
    error = spot_below(to, base, path);
    if (error < 0 || !follow || !to->exists || (to->file.mode & S_IFMT) != S_IFLNK) return error;
    long n = SYS4(NR_readlinkat, to->directory->fd, to->name, target, sizeof target - 1);
    if (n <= 0) return n < 0 ? n : -ENOENT;
    target[n] = 0;
    path = target;
    base = to->directory;
  }
  return -ELOOP;
}

enum region spot_region(const char *path) {
  const char *rest = NULL;
  for (int i = 0; i < policy->capture_root.count; i++) {
    const char *root = policy->capture_root.at[i], *behind = text_equal(root, "/") ? path : path + text_length(root);
    if (path_within(path, root) && (!rest || behind > rest)) rest = behind;
  }
  if (!rest) return ELSEWHERE;
  for (int i = 0; i < policy->capture_skip.count; i++)
    if (path_within(path, policy->capture_skip.at[i])) return ELSEWHERE;
  for (; *rest == '/'; ) {
    const char *behind = text_after(++rest, ".git");
    if (behind && !*behind) return GIT_ITSELF;
    if (behind && *behind == '/') return IN_GIT;
    while (*rest && *rest != '/') rest++;
  }
  return CAPTURED;
}
