#include "absent.h"

#include "fail.h"
#include "sys.h"
#include "text.h"

/* The sticky bit without any write bit tells what the launcher made from what somebody else did, also after it was killed. */
#define DIRECTORY_MODE 01555
#define FILE_MODE 01444
#define NAME_SIZE 256

/* What was made, or was there because another launcher made it. A shared lock on it says that it is needed. */
static struct placeholder {
  long parent, fd;
  int directory;
  char name[NAME_SIZE];
} held[MAX_PATHS];
static int held_count;
static char storage[256 << 10];
static size_t stored;

/* Where a walk along a path ended: at the path itself, at something that is no directory, at a placeholder, at nothing. */
enum end { AT_PATH, AT_OBSTACLE, AT_PLACEHOLDER, AT_NOTHING };
struct walk {
  enum end end;
  size_t length; /* of the path up to where it ended */
  int last;      /* nothing of the path is left */
  long parent;   /* directory of the component where it ended */
  char name[NAME_SIZE];
};

static int is_placeholder(const struct stat *st) {
  u32 wanted = (st->mode & S_IFMT) == S_IFDIR ? S_IFDIR | DIRECTORY_MODE : S_IFREG | FILE_MODE;
  return st->mode == wanted && ((st->mode & S_IFMT) == S_IFDIR || st->size == 0);
}

/* Takes the next component of `path` into `w`; 0 when there is none. */
static int next_component(const char *path, struct walk *w) {
  size_t from = w->length, size = 0;
  while (path[from] == '/') from++;
  while (path[from + size] && path[from + size] != '/') size++;
  if (size >= NAME_SIZE) fail("a protected path has too long a name in it", path, 0);
  for (size_t i = 0; i < size; i++) w->name[i] = path[from + i];
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
    w.end = is_placeholder(&st) ? AT_PLACEHOLDER : w.last ? AT_PATH : AT_OBSTACLE;
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

static long make(const struct walk *w) {
  /* The mode has to be right from the first moment: it is what other launchers know a placeholder by. */
  long mask = SYS1(NR_umask, 0);
  long made = looks_like_directory(w) ? SYS3(NR_mkdirat, w->parent, w->name, DIRECTORY_MODE)
                                      : SYS4(NR_openat, w->parent, w->name, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
  SYS1(NR_umask, mask);
  if (made > 0) sys_close(made);
  return made;
}

/* Locks what the walk ended at; 0 when another launcher took it away meanwhile. */
static int hold(const struct walk *w, const char *path) {
  struct stat st;
  long fd = SYS4(NR_openat, w->parent, w->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
  if (fd == -ENOENT) return 0;
  must(fd, "a stand-in for a missing protected path cannot be opened", path);
  must(SYS2(NR_flock, fd, LOCK_SH), "a stand-in for a missing protected path cannot be locked", path);
  if (sys_fstat(fd, &st) < 0 || st.nlink == 0) {
    sys_close(fd);
    return 0;
  }
  struct placeholder *new = &held[held_count++];
  *new = (struct placeholder){.parent = w->parent, .fd = fd, .directory = (st.mode & S_IFMT) == S_IFDIR};
  for (int i = 0; i < NAME_SIZE; i++) new->name[i] = w->name[i];
  return 1;
}

static const char *prefix(const char *path, size_t length) {
  if (!path[length]) return path;
  if (stored + length + 1 > sizeof storage) fail("the protected paths are too long", path, 0);
  char *copy = storage + stored;
  for (size_t i = 0; i < length; i++) copy[i] = path[i];
  copy[length] = 0;
  stored += length + 1;
  return copy;
}

/* The existing path that has to be protected for `path`, or NULL when nothing has to be. */
static const char *protectable(const char *path) {
  for (;;) {
    struct walk w = walk(path);
    if (w.end == AT_NOTHING) {
      long made = make(&w);
      if (impossible(made)) return NULL;
      if (made < 0 && made != -EEXIST) fail("a protected path that is missing cannot be kept so", path, made);
    } else if (w.end == AT_PLACEHOLDER) {
      if (hold(&w, path)) return prefix(path, w.length);
    } else {
      sys_close(w.parent);
      return prefix(path, w.length);
    }
    sys_close(w.parent);
  }
}

static int in_writable(const struct policy *p, const char *path) {
  for (int i = 0; i < p->writable.count; i++)
    if (path_within(path, p->writable.at[i])) return 1;
  return 0;
}

void absent_hold(struct policy *p) {
  int kept = 0;
  for (int i = 0; i < p->protect.count; i++) {
    if (!in_writable(p, p->protect.at[i])) continue;
    const char *path = protectable(p->protect.at[i]);
    if (path) p->protect.at[kept++] = path;
  }
  p->protect.count = kept;
}

void absent_release(void) {
  for (int i = 0; i < held_count; i++) {
    struct placeholder *one = &held[i];
    /* Whoever gets the exclusive lock was the last. */
    if (SYS2(NR_flock, one->fd, LOCK_EX | LOCK_NB) == 0)
      SYS3(NR_unlinkat, one->parent, one->name, one->directory ? AT_REMOVEDIR : 0);
    sys_close(one->fd);
  }
}
