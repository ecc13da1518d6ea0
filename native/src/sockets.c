#include "sockets.h"

#include "landlock.h"
#include "sys.h"
#include "text.h"

/* /run holds the sockets of services, also those that were mounted into a container and that /proc/net/unix does not list.
 * Deep enough for /run/user/UID/podman/podman.sock. */
#define SERVICES "/run"
#define SERVICES_DEPTH 4

static struct paths found;
static int abstract_found;
static char storage[64 << 10];
static size_t stored;

static void add(const char *path, size_t length) {
  if (found.count == MAX_PATHS || stored + length + 1 > sizeof storage) return;
  for (int i = 0; i < found.count; i++) {
    const char *rest = text_after(found.at[i], path);
    if (rest && !*rest) return;
  }
  found.at[found.count++] = storage + stored;
  for (size_t i = 0; i < length; i++) storage[stored++] = path[i];
  storage[stored++] = 0;
}

/* Lines of /proc/net/unix: seven fields and, for a socket with an address, its path; '@' begins an abstract one. */
static void take_line(char *line) {
  for (int field = 0; field < 7; field++) {
    while (*line == ' ') line++;
    while (*line && *line != ' ') line++;
  }
  while (*line == ' ') line++;
  if (*line == '/') add(line, text_length(line));
  if (*line == '@') abstract_found = 1;
}

static void find_bound(void) {
  static char buffer[8192];
  size_t used = 0;
  long fd = sys_open("/proc/net/unix", O_RDONLY, 0);
  if (fd < 0) return;
  for (long n; (n = sys_read(fd, buffer + used, sizeof buffer - 1 - used)) > 0;) {
    used += (size_t)n;
    size_t from = 0;
    for (size_t i = 0; i < used; i++) {
      if (buffer[i] != '\n') continue;
      buffer[i] = 0;
      take_line(buffer + from);
      from = i + 1;
    }
    if (from == 0) break; /* No path is that long. */
    for (size_t i = from; i < used; i++) buffer[i - from] = buffer[i];
    used -= from;
  }
  sys_close(fd);
}

static void find_beneath(const char *directory, int depth) {
  char entries[2048] __attribute__((aligned(8)));
  char path[1024];
  long fd = sys_open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
  if (fd < 0) return; /* What this user cannot list it may still reach: but then it is no secret to find. */
  for (long n; (n = SYS3(NR_getdents64, fd, entries, sizeof entries)) > 0;) {
    for (long at = 0; at < n;) {
      struct dirent64 *entry = (struct dirent64 *)(entries + at);
      at += entry->reclen;
      if (entry->name[0] == '.' || !path_join(path, sizeof path, directory, entry->name)) continue;
      if (entry->type == DT_SOCK) add(path, text_length(path));
      if (entry->type == DT_DIR && depth > 1) find_beneath(path, depth - 1);
    }
  }
  sys_close(fd);
}

void sockets_find(const struct policy *p) {
  if (p->unix_sockets != UNIX_MASKED) return;
  find_bound();
  find_beneath(SERVICES, SERVICES_DEPTH);
}

const struct paths *sockets_found(void) { return &found; }

/* Abstract sockets belong to a network namespace; Landlock scopes them from ABI 6 on. */
static int abstract_in_reach(const struct policy *p) {
  int own_network = p->tier != TIER_LANDLOCK && p->net == NET_NONE;
  int scoped = p->tier != TIER_NS_ONLY && landlock_abi(p) >= 6;
  return abstract_found && !own_network && !scoped;
}

int sockets_in_reach(const struct policy *p) {
  static const int may_write = 2; /* W_OK: what connecting asks for */
  if (abstract_in_reach(p)) return 1;
  if (p->tier != TIER_LANDLOCK) return 0; /* Mounts cover the others. */
  for (int i = 0; i < found.count; i++)
    if (SYS3(NR_faccessat, AT_FDCWD, found.at[i], may_write) == 0) return 1;
  return 0;
}
