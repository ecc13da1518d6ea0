#include "landlock.h"

#include "fail.h"
#include "home/home.h"
#include "sys.h"
#include "text.h"

#define READ (FS_READ_FILE | FS_EXECUTE)
/* The rights that a rule on something that is no directory may hold. */
#define FILE_RIGHTS (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)
/* Device nodes are never made, and never driven outside the list below: a raw disk holds every hidden file. */
#define WRITABLE_ROOT (~(FS_MAKE_CHAR | FS_MAKE_BLOCK | FS_IOCTL_DEV))

struct ruleset {
  long fd;
  u64 handled;
  const struct policy *policy;
};

int landlock_abi(const struct policy *p) {
  long abi = SYS3(NR_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (p->abi >= 0 && abi > p->abi) abi = p->abi;
  return abi < 0 ? 0 : (int)abi;
}

static u64 handled_rights(int abi) {
  u64 rights = (FS_MAKE_SYM << 1) - 1;
  if (abi >= 2) rights |= FS_REFER;
  if (abi >= 3) rights |= FS_TRUNCATE;
  if (abi >= 5) rights |= FS_IOCTL_DEV;
  return rights;
}

static long create(const struct policy *p, int abi) {
  struct landlock_ruleset_attr attr = {.fs = handled_rights(abi)};
  size_t size = sizeof attr.fs;
  if (abi >= 4) {
    /* No rule allows a port. Filters ports, not addresses: of no use for anything but "none". */
    if (p->net == NET_NONE && p->tier == TIER_LANDLOCK) attr.net = NET_BIND_TCP | NET_CONNECT_TCP;
    size += sizeof attr.net;
  }
  if (abi >= 6) {
    attr.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL;
    size += sizeof attr.scoped;
  }
  return must(SYS3(NR_landlock_create_ruleset, &attr, size, 0), "Landlock refuses its ruleset", NULL);
}

static long add(const struct ruleset *r, long fd, u64 rights) {
  if ((rights & ~FILE_RIGHTS) && !sys_is_directory(fd)) rights &= FILE_RIGHTS;
  struct landlock_path_beneath_attr rule = {.allowed = rights & r->handled, .parent_fd = (s32)fd};
  return SYS4(NR_landlock_add_rule, r->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

/* Allows something in a directory (or at an absolute path) that may be missing: then there is nothing to allow. */
static void allow_in(const struct ruleset *r, long dir, const char *name, u64 rights) {
  long fd = SYS4(NR_openat, dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
  if (fd < 0) return;
  add(r, fd, rights);
  sys_close(fd);
}

/* Every component was resolved by the agent: a symlink now is somebody's attempt to lead the rule elsewhere. */
static void allow_writable(const struct ruleset *r, const char *path) {
  long fd = must(sys_open_exact(path), "a writable root cannot be opened", path);
  if (!sys_is_directory(fd)) fail("a writable root is not a directory", path, 0);
  must(add(r, fd, WRITABLE_ROOT), "Landlock refuses a writable root", path);
  sys_close(fd);
}

static int exists(const char *path) {
  struct stat st;
  return sys_stat(path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

int landlock_cannot_hide(const struct policy *p) {
  for (int i = 0; i < p->hidden.count; i++)
    if (policy_writable(p, p->hidden.at[i]) && exists(p->hidden.at[i])) return 1;
  return 0;
}

static int is_name_end(char c) { return !c || c == '/'; }

static size_t first_name(const char *path) {
  size_t length = 0;
  while (!is_name_end(path[length])) length++;
  return length;
}

/* What of the hidden paths comes next beneath a directory: of those that begin with the same name one, the shortest of all if that is hidden
 * itself. Most directories above many hidden paths have one such name, and may have thousands of others. A hidden path that does not exist
 * counts as one that does: what comes into being there later, or takes the place of what a mount covers in the ns tiers, is then reached by
 * no rule either. */
struct next {
  const char *at[MAX_PATHS + 1];
  int count;
};

static void add_next(struct next *next, const char *rest) {
  for (int i = 0; i < next->count; i++) {
    const char *a = next->at[i], *b = rest;
    while (*a == *b && !is_name_end(*a)) a++, b++;
    if (!is_name_end(*a) || !is_name_end(*b)) continue;
    if (!*b) next->at[i] = rest;
    return;
  }
  next->at[next->count++] = rest;
}

/* `to`: where the names begin that lie in `dir`. */
static void find_next(const struct policy *p, const char *dir, size_t to, struct next *next) {
  next->count = 0;
  for (int i = 0; i < p->hidden.count; i++)
    if (path_within(p->hidden.at[i], dir)) add_next(next, p->hidden.at[i] + to);
  /* Devices have rules of their own. */
  if (text_equal(dir, "/")) add_next(next, "dev");
}

static int is_open(const struct next *next, const char *name) {
  for (int i = 0; i < next->count; i++) {
    const char *rest = text_after(next->at[i], name);
    if (rest && is_name_end(*rest)) return 0;
  }
  return 1;
}

/* Of those entries of the open directory `fd` that neither are hidden nor hold something hidden. */
static void allow_entries(const struct ruleset *r, long fd, const struct next *next) {
  static char entries[16 << 10] __attribute__((aligned(32)));
  for (long n; (n = SYS3(NR_getdents64, fd, entries, sizeof entries)) > 0;) {
    for (long at = 0; at < n;) {
      struct dirent64 *entry = (struct dirent64 *)(entries + at);
      at += entry->reclen;
      if (text_equal(entry->name, ".") || text_equal(entry->name, "..")) continue;
      if (entry->type == DT_LNK || entry->type == DT_SOCK) continue; /* Nothing is read from them. */
      if (is_open(next, entry->name)) allow_in(r, fd, entry->name, READ);
    }
  }
}

/* 1 when there is a directory at `dir` that has to be gone through; one that cannot be listed, such as /home with mode 711, has `*fd` below 0:
 * of that one only the ways to what is hidden are known, and on one of them lies the user's own home directory. */
static int must_go_through(const struct policy *p, const char *dir, long *fd) {
  /* A rule of its own lets everything beneath be read and written. In the home's layer what is hidden is masked. */
  if (policy_writable(p, dir) || (home_layered() && text_equal(dir, p->home))) return 0;
  *fd = sys_open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
  return *fd >= 0 || *fd == -EACCES;
}

/* The directories above hidden paths: each as the beginning of one, and how long. */
#define MAX_DIRECTORIES (16 * MAX_PATHS)
static struct directory {
  const char *path;
  size_t length;
} directories[MAX_DIRECTORIES];

/* Allows reading all that is not hidden, entry by entry: a rule on a directory would reach the exceptions in it, too. */
static void allow_reading(const struct ruleset *r) {
  static struct next next;
  static char dir[4096];
  int count = 0;
  directories[count++] = (struct directory){"/", 1};
  for (int i = 0; i < count; i++) {
    size_t length = directories[i].length, to = length + (length > 1);
    long fd;
    if (length >= sizeof dir) continue;
    memcpy(dir, directories[i].path, length);
    dir[length] = 0;
    if (!must_go_through(r->policy, dir, &fd)) continue;
    find_next(r->policy, dir, to, &next);
    if (fd >= 0) allow_entries(r, fd, &next), sys_close(fd);
    for (int k = 0; k < next.count; k++) {
      size_t name = first_name(next.at[k]);
      if (!next.at[k][name]) continue;
      if (count == MAX_DIRECTORIES) fail("the hidden paths lie in too many directories", dir, 0);
      directories[count++] = (struct directory){next.at[k] - to, to + name};
    }
  }
}

static void allow_devices(const struct ruleset *r) {
  static const char *const nodes[] = {"/dev/null",    "/dev/zero", "/dev/full", "/dev/random",
                                      "/dev/urandom", "/dev/tty",  "/dev/ptmx", "/dev/pts",
                                      "/dev/console"};
  for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
    allow_in(r, AT_FDCWD, nodes[i], FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE | FS_IOCTL_DEV);
  /* In the ns tiers it is a private one. */
  allow_in(r, AT_FDCWD, "/dev/shm", r->policy->tier == TIER_LANDLOCK ? READ : WRITABLE_ROOT);
}

void landlock_apply(const struct policy *p, int abi) {
  struct ruleset r = {.fd = create(p, abi), .handled = handled_rights(abi), .policy = p};
  long root = must(sys_open("/", O_PATH, 0), "the root directory cannot be opened", NULL);
  must(add(&r, root, FS_READ_DIR), "Landlock refuses a rule", "/");
  sys_close(root);
  allow_reading(&r);
  allow_devices(&r);
  for (int i = 0; i < p->writable.count; i++) allow_writable(&r, p->writable.at[i]);
  if (home_layered()) allow_writable(&r, p->home);
  must(SYS2(NR_landlock_restrict_self, r.fd, 0), "Landlock cannot be switched on", NULL);
  sys_close(r.fd);
}
