#include "sockets.h"

#include "bound.h"
#include "landlock.h"
#include "set.h"
#include "sys.h"
#include "text.h"

/* /run holds the sockets of services, also of those whose network is another one and that /proc/net/unix does not list. Deep
 * enough for /run/user/UID/podman/podman.sock. */
#define SERVICES "/run"
#define SERVICES_DEPTH 4

/* Places without symlinks, and directories that were looked through. */
static struct set found, searched;
/* Somebody can be reached, but it is not known where. */
static int unknown_in_reach;
static int abstract_found;

/* Adds a place and gives its number. Machines have 40 to 300; one more than there is room for counts as in reach. */
static u32 add(const char *place) {
  int new;
  u32 at = set_add(&found, place, &new);
  if (!at) unknown_in_reach = 1;
  return at;
}

/* Places that the policy lets a command reach. */
static const struct paths *let_through;

static int is_let_through(const char *place) {
  for (int i = 0; let_through && i < let_through->count; i++)
    if (text_equal(let_through->at[i], place)) return 1;
  return 0;
}

const char *sockets_next(const char *previous) {
  const char *place = set_next(&found, previous);
  while (place && is_let_through(place)) place = set_next(&found, place);
  return place;
}

/* The path of a descriptor, without symlinks; 0 when it has none from here. */
static int path_of(long fd, char *path, size_t size) {
  struct text link;
  text_start(&link, "/proc/self/fd/");
  text_add_number(&link, fd);
  long n = SYS4(NR_readlinkat, AT_FDCWD, link.bytes, path, size);
  if (n <= 0 || n >= (long)size || *path != '/') return 0;
  path[n] = 0;
  return 1;
}

/* A file of another mount namespace has a path that means something else here, or nothing. */
static int leads_to(const char *path, const struct stat *wanted) {
  struct stat st;
  return sys_stat(path, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.dev == wanted->dev && st.ino == wanted->ino;
}

/* What connecting asks for: W_OK. */
static int may_connect(const char *path) { return SYS3(NR_faccessat, AT_FDCWD, path, 2) == 0; }

enum found { FOUND, MISSING, NOT_REACHABLE };

/* Adds the socket that `path` leads to, as add() does into `at`. */
static enum found add_socket(const char *path, u32 *at) {
  char real[4096];
  struct stat st;
  long fd = sys_open(path, O_PATH | O_NOFOLLOW, 0);
  if (fd < 0) return fd == -ENOENT ? MISSING : NOT_REACHABLE;
  enum found result = MISSING;
  if (sys_fstat(fd, &st) == 0 && (st.mode & S_IFMT) == S_IFSOCK) {
    int known = path_of(fd, real, sizeof real) && leads_to(real, &st);
    /* Under its other names it would be reachable all the same. */
    if ((!known || st.nlink > 1) && may_connect(path)) unknown_in_reach = 1;
    if (known) *at = add(real), result = FOUND;
  }
  sys_close(fd);
  return result;
}

/* Adds the sockets in an open directory and beneath it; closes it. Most directories hold none: their path is never asked for. */
static void add_beneath(long fd, int depth) {
  char entries[2048] __attribute__((aligned(8))), path[4096], entry_path[4096];
  u32 at;
  *path = 0;
  for (long n; depth > 0 && (n = SYS3(NR_getdents64, fd, entries, sizeof entries)) > 0;) {
    for (long i = 0; i < n;) {
      struct dirent64 *entry = (struct dirent64 *)(entries + i);
      i += entry->reclen;
      int may_be_socket = entry->type == DT_SOCK || entry->type == DT_UNKNOWN;
      if (may_be_socket && !*path && !path_of(fd, path, sizeof path)) {
        depth = 0;
        break;
      }
      if (may_be_socket && path_join(entry_path, sizeof entry_path, path, entry->name)) add_socket(entry_path, &at);
      if (entry->type != DT_DIR || depth == 1 || text_equal(entry->name, ".") || text_equal(entry->name, "..")) continue;
      long inner = SYS4(NR_openat, fd, entry->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
      if (inner >= 0) add_beneath(inner, depth - 1);
    }
  }
  sys_close(fd);
}

/* What this user cannot list it may still reach: but then it is no secret to find. */
static void add_in(const char *directory, int depth) {
  long fd = sys_open(directory, O_RDONLY | O_DIRECTORY, 0);
  if (fd >= 0) add_beneath(fd, depth);
}

/* A socket that is not where it was bound is gone, or was renamed by a program that wants it to appear all at once. */
static void add_renamed(const char *name) {
  char directory[128];
  size_t length = text_length(name);
  while (length > 1 && name[length - 1] != '/') length--;
  memcpy(directory, name, length);
  directory[length] = 0;
  int new;
  if (!set_add(&searched, directory, &new)) unknown_in_reach = 1;
  if (new) add_in(directory, 1);
}

/* Names that begin at the directory in which a program was when it bound them. */
#define MAX_RELATIVE 64
static struct {
  char name[112];
  u32 bound;
} relative[MAX_RELATIVE];
static int relative_count;

static void remember_relative(const char *name) {
  int i = 0;
  while (i < relative_count && !text_equal(relative[i].name, name)) i++;
  if (i == MAX_RELATIVE) {
    unknown_in_reach = 1;
    return;
  }
  if (i == relative_count) memcpy(relative[relative_count++].name, name, text_length(name) + 1);
  relative[i].bound++;
}

static void take_name(const char *name) {
  u32 at;
  if (*name == '@') abstract_found = 1;
  else if (*name != '/') remember_relative(name);
  else if (add_socket(name, &at) == MISSING) add_renamed(name);
}

/* An abstract name of another network leads nowhere here; a place leads to whoever listens there. */
static void take_place(const char *name) {
  if (*name != '@') take_name(name);
}

static int names_beside(long pid) {
  struct text list;
  text_start(&list, "/proc/");
  text_add_number(&list, pid);
  text_add(&list, "/net/unix");
  return bound_names(list.bytes, take_place);
}

/* 1 when `name` is a socket in the directory of the process, and a place that is not among the `count` that `seen` holds. */
static int is_new_place(const char *pid, const char *name, u32 *seen, u32 count) {
  char path[256];
  u32 at = 0;
  if (text_number(pid) < 0 || !path_join(path, sizeof path, "/proc", pid) || !path_join(path, sizeof path, path, "cwd") ||
      !path_join(path, sizeof path, path, name) || add_socket(path, &at) != FOUND)
    return 0;
  for (u32 i = 0; i < count; i++)
    if (seen[i] == at) return 0;
  seen[count] = at;
  return 1;
}

/* Most programs stay where they bound their sockets. When there are fewer places than sockets, one has to be somewhere else. */
static void find_relative(const char *name, u32 bound) {
  char entries[4096] __attribute__((aligned(8)));
  u32 seen[64], count = 0;
  long fd = sys_open("/proc", O_RDONLY | O_DIRECTORY, 0);
  for (long n; fd >= 0 && (n = SYS3(NR_getdents64, fd, entries, sizeof entries)) > 0;) {
    for (long at = 0; at < n;) {
      struct dirent64 *entry = (struct dirent64 *)(entries + at);
      at += entry->reclen;
      if (count < sizeof seen / sizeof *seen) count += (u32)is_new_place(entry->name, name, seen, count);
    }
  }
  if (fd >= 0) sys_close(fd);
  if (count < bound) unknown_in_reach = 1;
}

static void take_mount(const char *path) {
  u32 at;
  add_socket(path, &at);
}

void sockets_find(const struct policy *p) {
  if (p->unix_sockets != UNIX_MASKED) return;
  let_through = &p->sockets;
  if (!bound_names("/proc/net/unix", take_name) || !bound_mounts(take_mount)) unknown_in_reach = 1;
  if (p->beside > 0 && !names_beside(p->beside)) unknown_in_reach = 1;
  for (int i = 0; i < relative_count; i++) find_relative(relative[i].name, relative[i].bound);
  add_in(SERVICES, SERVICES_DEPTH);
}

/* Abstract sockets belong to a network namespace; Landlock scopes them from ABI 6 on. */
static int abstract_in_reach(const struct policy *p) {
  int own_network = p->tier != TIER_LANDLOCK && p->net != NET_FULL;
  int scoped = p->tier != TIER_NS_ONLY && landlock_abi(p) >= 6;
  return abstract_found && !own_network && !scoped;
}

int sockets_in_reach(const struct policy *p) {
  if (unknown_in_reach || abstract_in_reach(p)) return 1;
  if (p->tier != TIER_LANDLOCK) return 0; /* Mounts cover the others. */
  for (const char *place = sockets_next(NULL); place; place = sockets_next(place))
    if (may_connect(place)) return 1;
  return 0;
}
