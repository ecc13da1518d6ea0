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

static int is_directory(long fd) {
  struct stat st;
  return sys_fstat(fd, &st) == 0 && (st.mode & S_IFMT) == S_IFDIR;
}

static long add(const struct ruleset *r, long fd, u64 rights) {
  if ((rights & ~FILE_RIGHTS) && !is_directory(fd)) rights &= FILE_RIGHTS;
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
  if (!is_directory(fd)) fail("a writable root is not a directory", path, 0);
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

enum { OPEN, HIDDEN, HOLDS_HIDDEN };

/* A hidden path that does not exist counts as one that does: what comes into being there later, or takes the place of what a mount
 * covers in the ns tiers, is then reached by no rule either. */
static int visibility(const struct policy *p, const char *path) {
  int seen = OPEN;
  for (int i = 0; i < p->hidden.count; i++) {
    if (path_within(path, p->hidden.at[i])) return HIDDEN;
    if (path_within(p->hidden.at[i], path)) seen = HOLDS_HIDDEN;
  }
  return seen;
}

/* What of the hidden paths comes next beneath a directory. */
struct next {
  const char *at[MAX_PATHS];
  int count;
};

static void find_next(const struct policy *p, const char *dir, struct next *next) {
  size_t to = text_equal(dir, "/") ? 1 : text_length(dir) + 1;
  next->count = 0;
  for (int i = 0; i < p->hidden.count; i++)
    if (path_within(p->hidden.at[i], dir)) next->at[next->count++] = p->hidden.at[i] + to;
}

/* `visibility` of an entry of that directory, which may have thousands: only names are compared. */
static int visibility_in(const struct next *next, const char *name) {
  int seen = OPEN;
  for (int i = 0; i < next->count; i++) {
    const char *rest = text_after(next->at[i], name);
    if (!rest) continue;
    if (!*rest) return HIDDEN;
    if (*rest == '/') seen = HOLDS_HIDDEN;
  }
  return seen;
}

static void allow_reading_entries(const struct ruleset *r, const char *dir);

/* Of a directory that cannot be listed, such as /home with mode 711, only the ways to what is hidden are known: on one of them lies the
 * user's own home directory. */
static void allow_reading_known(const struct ruleset *r, const char *dir) {
  const struct paths *hidden = &r->policy->hidden;
  char path[4096] = {0};
  for (int i = 0; i < hidden->count; i++) {
    size_t to = text_equal(dir, "/") ? 1 : text_length(dir) + 1;
    /* They come in any order, but most behind one like them. */
    if (!path_within(hidden->at[i], dir) || (*path && path_within(hidden->at[i], path))) continue;
    while (hidden->at[i][to] && hidden->at[i][to] != '/') to++;
    if (to >= sizeof path) continue;
    memcpy(path, hidden->at[i], to);
    path[to] = 0;
    if (visibility(r->policy, path) == HOLDS_HIDDEN) allow_reading_entries(r, path);
  }
}

/* Allows reading what is in `dir`, entry by entry, because a rule on `dir` itself would reach the exceptions too. */
static void allow_reading_entries(const struct ruleset *r, const char *dir) {
  char entries[16 << 10] __attribute__((aligned(8)));
  char path[4096];
  struct next next;
  /* There what is hidden is masked, and all else may be written as well. */
  if (home_layered() && text_equal(dir, r->policy->home)) return;
  long fd = sys_open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
  if (fd == -EACCES) allow_reading_known(r, dir);
  if (fd < 0) return;
  find_next(r->policy, dir, &next);
  for (;;) {
    long n = SYS3(NR_getdents64, fd, entries, sizeof entries);
    if (n <= 0) break;
    for (long at = 0; at < n;) {
      struct dirent64 *entry = (struct dirent64 *)(entries + at);
      at += entry->reclen;
      if (text_equal(entry->name, ".") || text_equal(entry->name, "..")) continue;
      if (entry->type == DT_LNK || entry->type == DT_SOCK) continue; /* Nothing is read from them. */
      if (text_equal(entry->name, "dev") && text_equal(dir, "/")) continue;
      int seen = visibility_in(&next, entry->name);
      if (seen == OPEN) allow_in(r, fd, entry->name, READ);
      if (seen == HOLDS_HIDDEN && path_join(path, sizeof path, dir, entry->name)) allow_reading_entries(r, path);
    }
  }
  sys_close(fd);
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
  allow_reading_entries(&r, "/");
  allow_devices(&r);
  for (int i = 0; i < p->writable.count; i++) allow_writable(&r, p->writable.at[i]);
  if (home_layered()) allow_writable(&r, p->home);
  must(SYS2(NR_landlock_restrict_self, r.fd, 0), "Landlock cannot be switched on", NULL);
  sys_close(r.fd);
}
