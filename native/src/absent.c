#include "absent.h"

#include "fail.h"
#include "standin.h"
#include "sys.h"
#include "text.h"

/* What was made, or was there because another launcher made it. A shared lock on it says that it is needed. */
static struct held {
  const char *path;
  long fd;
} held[MAX_PATHS];
static int held_count;
static char storage[256 << 10];
static size_t stored;

/* Where a walk along a path ended: at the path itself, at something that is no directory, at a stand-in, at nothing. */
enum end { AT_PATH, AT_OBSTACLE, AT_STANDIN, AT_NOTHING };
struct walk {
  enum end end;
  size_t length; /* of the path up to where it ended */
  int last;      /* nothing of the path is left */
  long parent;   /* directory of the component where it ended */
  char name[NAME_SIZE];
};

/* Takes the next component of `path` into `w`; 0 when there is none. */
static int next_component(const char *path, struct walk *w) {
  size_t from = w->length, size = 0;
  while (path[from] == '/') from++;
  while (path[from + size] && path[from + size] != '/') size++;
  if (size >= NAME_SIZE) fail("a protected path has too long a name in it", path, 0);
  memcpy(w->name, path + from, size);
  w->name[size] = 0;
  w->length = from + size;
  w->last = !path[w->length];
  return size > 0;
}

static struct walk walk(const char *path) {
  struct walk w = {.parent = must(sys_open("/", O_PATH | O_DIRECTORY, 0), "the root directory cannot be opened", NULL)};
  while (next_component(path, &w)) {
    struct stat st;
    long error = SYS4(NR_newfstatat, w.parent, w.name, &st, AT_SYMLINK_NOFOLLOW);
    w.end = AT_NOTHING;
    if (error == -ENOENT) return w;
    must(error, "a protected path cannot be looked at", path);
    w.end = standin_is(&st) ? AT_STANDIN : w.last ? AT_PATH : AT_OBSTACLE;
    if (w.end != AT_OBSTACLE || (st.mode & S_IFMT) != S_IFDIR) return w;
    long next = SYS4(NR_openat, w.parent, w.name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
    must(next, "a protected path cannot be followed", path);
    sys_close(w.parent);
    w.parent = next;
  }
  w.end = AT_PATH;
  return w;
}

/* Files whose name does not show that they are files. */
static const char *const plain_files[] = {"attributes",     ".bashrc",  ".bash_profile", ".bash_login", ".profile",
                                          ".zshrc",         ".zshenv",  ".zprofile",     ".gitconfig"};

/* An empty file stands in for a missing file, because the readers of such a file trip over a directory. */
static int looks_like_directory(const struct walk *w) {
  if (!w->last) return 1;
  for (size_t i = 0; i < sizeof plain_files / sizeof *plain_files; i++)
    if (text_equal(w->name, plain_files[i])) return 0;
  for (const char *c = w->name + 1; *c; c++)
    if (*c == '.') return 0;
  return 1;
}

/* Nobody of this user's rights can make something here, so nothing has to be done to prevent it. */
static int impossible(long error) { return error == -EROFS || error == -EACCES || error == -EPERM; }

static const char *prefix(const char *path, size_t length) {
  if (!path[length]) return path;
  if (stored + length + 1 > sizeof storage) fail("the protected paths are too long", path, 0);
  char *copy = storage + stored;
  memcpy(copy, path, length);
  copy[length] = 0;
  stored += length + 1;
  return copy;
}

/* Locks the stand-in that the walk ended at and gives its path; NULL when another launcher took it away meanwhile. */
static const char *hold(const struct walk *w, const char *path) {
  struct stat st;
  long fd = SYS4(NR_openat, w->parent, w->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
  if (fd == -ENOENT) return NULL;
  must(fd, "a stand-in for a missing protected path cannot be opened", path);
  must(SYS2(NR_flock, fd, LOCK_SH), "a stand-in for a missing protected path cannot be locked", path);
  if (sys_fstat(fd, &st) < 0 || st.nlink == 0) {
    sys_close(fd);
    return NULL;
  }
  const char *at = prefix(path, w->length);
  held[held_count++] = (struct held){at, fd};
  return at;
}

/* The existing path that has to be protected for `path`, or NULL when nothing has to be. */
static const char *protectable(const char *path) {
  for (;;) {
    struct walk w = walk(path);
    if (w.end == AT_NOTHING) {
      long made = standin_make(w.parent, w.name, looks_like_directory(&w));
      if (impossible(made)) return NULL;
      /* Another launcher was faster with it, or with tidying up. */
      if (made < 0 && made != -EEXIST && made != -ENOENT) fail("a protected path that is missing cannot be kept so", path, made);
    } else if (w.end == AT_STANDIN) {
      const char *at = hold(&w, path);
      if (at) return sys_close(w.parent), at;
    } else {
      sys_close(w.parent);
      return prefix(path, w.length);
    }
    sys_close(w.parent);
  }
}

void absent_hold(struct policy *p) {
  int kept = 0;
  for (int i = 0; i < p->protect.count; i++) {
    if (!policy_writable(p, p->protect.at[i]) && !(p->home && path_within(p->protect.at[i], p->home))) continue;
    const char *path = protectable(p->protect.at[i]);
    if (path) p->protect.at[kept++] = path;
  }
  p->protect.count = kept;
  for (int i = 0; i < p->absent.count; i++) {
    if (sys_is_missing(p->absent.at[i]) || !policy_writable(p, p->absent.at[i])) continue;
    struct walk w = walk(p->absent.at[i]);
    sys_close(w.parent);
    if (w.end == AT_NOTHING) continue;
    policy_add(&p->protect, prefix(p->absent.at[i], w.length));
  }
}

void absent_forget(void) {
  while (held_count) sys_close(held[--held_count].fd);
}

/* Takes the stand-in at `path` away unless another launcher needs it; `fd` is it, or -1. Never fails: what cannot be done now is
 * done at the next start. */
static void take_away(const char *path, long fd) {
  char directory[4096];
  size_t end = text_length(path);
  while (end > 0 && path[end - 1] != '/') end--;
  if (end == 0 || end >= sizeof directory) return;
  memcpy(directory, path, end);
  directory[end > 1 ? end - 1 : end] = 0;
  long parent = sys_open_exact(directory);
  if (parent < 0) return;
  long own = fd >= 0 ? fd : SYS4(NR_openat, parent, path + end, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
  /* Whoever gets the exclusive lock was the last. */
  if (own >= 0 && SYS2(NR_flock, own, LOCK_EX | LOCK_NB) == 0) standin_remove(parent, path + end, own);
  if (own >= 0) sys_close(own);
  standin_sweep(parent);
  sys_close(parent);
}

void absent_release(void) {
  for (int i = 0; i < held_count; i++) take_away(held[i].path, held[i].fd);
  held_count = 0;
}

void absent_clear(const struct policy *p) {
  for (int i = 0; i < p->clear.count; i++) take_away(p->clear.at[i], -1);
}
