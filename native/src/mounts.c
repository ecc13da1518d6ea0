#include "mounts.h"

#include "bind.h"
#include "cover.h"
#include "devices.h"
#include "fail.h"
#include "home/home.h"
#include "sockets.h"
#include "sys.h"
#include "text.h"

/* In the order in which they are applied to one and the same path. */
enum kind { PIN, WRITABLE, PROTECTED, COVERED };
static struct step {
  const char *path;
  size_t length;
  enum kind kind;
  long tree; /* WRITABLE: taken before everything becomes read-only */
} steps[6 * MAX_PATHS];
static int step_count;
static char storage[256 << 10];
static size_t stored;

static void set_read_only(long tree, const char *path) {
  struct mount_attr attr = {.set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID};
  must(SYS5(NR_mount_setattr, tree, path, *path ? AT_RECURSIVE : AT_RECURSIVE | AT_EMPTY_PATH, &attr, sizeof attr),
       "a mount cannot be made read-only", path);
}

static void plan(enum kind kind, const char *path, long tree) {
  if (step_count == sizeof steps / sizeof *steps) fail("the policy needs more mounts than the launcher takes", path, 0);
  steps[step_count++] = (struct step){path, text_length(path), kind, tree};
}

static int planned(const char *path) {
  for (int i = 0; i < step_count; i++)
    if (text_equal(steps[i].path, path)) return 1;
  return 0;
}

static void plan_writable(const struct policy *p) {
  if (home_layered()) plan(WRITABLE, p->home, home_tree());
  for (int i = 0; i < p->writable.count; i++) {
    long tree = bind_take(p->writable.at[i]);
    if (!sys_is_directory(tree)) fail("a writable root is not a directory", p->writable.at[i], 0);
    plan(WRITABLE, p->writable.at[i], tree);
  }
}

/* A protected path moves when a directory above it is renamed, and its old place is free then. A mount point cannot be renamed, so
 * every directory between the writable root and the path becomes one. */
static void pin_ancestors(const char *path, size_t root) {
  for (size_t i = root + 1; path[i]; i++) {
    if (path[i] != '/' || i == root) continue;
    if (stored + i + 1 > sizeof storage) fail("the protected paths are too long", path, 0);
    char *ancestor = storage + stored;
    for (size_t k = 0; k < i; k++) ancestor[k] = path[k];
    ancestor[i] = 0;
    if (planned(ancestor)) continue;
    stored += i + 1;
    plan(PIN, ancestor, -1);
  }
}

static void plan_protected(const struct policy *p) {
  for (int i = 0; i < p->protect.count; i++) {
    const char *path = p->protect.at[i];
    int inside = 0;
    for (int k = 0; k < p->writable.count; k++) {
      if (!path_within(path, p->writable.at[k])) continue;
      inside = 1;
      pin_ancestors(path, text_length(p->writable.at[k]));
    }
    if (home_layered() && path_within(path, p->home) && !inside) {
      inside = 1;
      pin_ancestors(path, text_length(p->home));
    }
    if (inside) plan(PROTECTED, path, -1);
  }
}

static int is(const char *path) {
  struct stat st;
  return sys_stat(path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void plan_covers(const struct policy *p) {
  for (int i = 0; i < p->hidden.count; i++)
    if (is(p->hidden.at[i])) plan(COVERED, p->hidden.at[i], -1);
}

/* Outer paths first: what lies inside another path has the last word. */
static void sort(void) {
  for (int i = 1; i < step_count; i++) {
    struct step one = steps[i];
    int k = i;
    for (; k > 0; k--) {
      const struct step *before = &steps[k - 1];
      if (before->length < one.length || (before->length == one.length && before->kind <= one.kind)) break;
      steps[k] = *before;
    }
    steps[k] = one;
  }
}

/* A path beneath a hidden directory is out of reach already, and cannot be opened any more. */
static int beneath_covered(int index) {
  for (int i = 0; i < index; i++)
    if (steps[i].kind == COVERED && path_within(steps[index].path, steps[i].path)) return 1;
  return 0;
}

/* In the layer a directory that is granted may have been removed, or never been there: then it is made, as what it stands in for. */
static void make_way(const struct policy *p, const char *path) {
  char part[4096];
  if (!home_layered() || !path_within(path, p->home) || is(path)) return;
  size_t length = text_length(p->home);
  for (size_t i = 0; i < sizeof part; i++) {
    part[i] = 0;
    if (i > length && (!path[i] || path[i] == '/')) SYS3(NR_mkdirat, AT_FDCWD, part, 0700);
    if (!path[i]) return;
    part[i] = path[i];
  }
}

static void apply(const struct policy *p, const struct step *step, const char *cover) {
  long tree = step->tree;
  /* In the layer it has not come into being, whatever the home directory has by now. */
  if (step->kind == COVERED && home_layered() && path_within(step->path, p->home) && !is(step->path)) return;
  if (step->kind == WRITABLE) make_way(p, step->path);
  long at = bind_open(step->path);
  if (step->kind == COVERED) tree = cover_take(cover, sys_is_directory(at) ? "directory" : "file");
  if (step->kind == PIN || step->kind == PROTECTED) tree = bind_take_at(at, step->path);
  if (step->kind == PROTECTED) set_read_only(tree, "");
  must(bind_put(tree, at), "nothing can be mounted here", step->path);
  sys_close(at);
}

/* Last, because nothing lies in a socket. One that has gone needs no cover, and one beneath a hidden directory has one. */
static void cover_sockets(const char *cover) {
  for (const char *place = sockets_next(NULL); place; place = sockets_next(place)) {
    struct stat st;
    long fd = sys_open_exact(place);
    if (fd == -ENOENT || fd == -ENOTDIR || fd == -EACCES) continue;
    must(fd, "a socket of a program outside cannot be opened", place);
    if (sys_fstat(fd, &st) == 0 && (st.mode & S_IFMT) == S_IFSOCK) {
      long put = bind_put(cover_take(cover, "file"), fd);
      if (put != -ENOENT) must(put, "a socket of a program outside cannot be covered", place);
    }
    sys_close(fd);
  }
}

void mounts_apply(const struct policy *p) {
  /* Nothing needs the old /proc any more, so that its place serves until the new one comes. */
  static const char proc[] = "/proc";
  must(SYS5(NR_mount, NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "mounts cannot be kept apart", "/");
  plan_writable(p);
  plan_protected(p);
  plan_covers(p);
  sort();
  devices_take();
  set_read_only(AT_FDCWD, "/");
  devices_put();
  cover_mount(proc);
  for (int i = 0; i < step_count; i++)
    if (!beneath_covered(i)) apply(p, &steps[i], proc);
  cover_sockets(proc);
  /* Read-only: as root even /proc/sys would be writable. */
  must(SYS5(NR_mount, "proc", proc, "proc", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "no /proc can be mounted", NULL);
}
