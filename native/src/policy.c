#include "policy.h"

#include "descriptor.h"
#include "fail.h"
#include "sys.h"
#include "text.h"

/* Room for MAX_PATHS long paths; only the pages that are used cost anything. */
static char buffer[1 << 20];

/* More than a source file or a small database, less than a disk image; and some hundreds of such files. */
#define DEFAULT_CAP (64ULL << 20)
#define DEFAULT_TOTAL (1ULL << 30)

/* Records that must be there: nothing about confinement is left to a default. */
enum { TIER = 1, MODE = 2, NET = 4, UNIX = 8 };
static int given;

static int choice(const char *value, const char *const *names, int count) {
  for (int i = 0; i < count; i++)
    if (text_equal(value, names[i])) return i;
  fail("the policy holds a value that this launcher does not know", value, 0);
}

/* All of `value` has to be the number: a record that is half understood is not understood. */
static long number(const char *value) {
  for (const char *c = value; *c; c++)
    if (*c < '0' || *c > '9') fail("the policy holds something else where a number has to be", value, 0);
  long n = text_number(value);
  if (n < 0) fail("the policy holds something else where a number has to be", value, 0);
  return n;
}

/* Paths are compared as text, which is only right when each has one spelling. */
static int normalized(const char *path) {
  if (*path != '/') return 0;
  for (const char *c = path; *c; c++) {
    if (*c != '/') continue;
    const char *name = c + 1;
    if (*name == '/' || (!*name && c != path)) return 0;
    while (*name == '.' && name < c + 3) name++;
    if (name > c + 1 && (!*name || *name == '/')) return 0;
  }
  return 1;
}

static const char *one_path(const char *path) {
  if (!normalized(path)) fail("the policy holds a path that is not absolute and normalized", path, 0);
  return path;
}

/* Most lists hold a few paths: a page is enough for all of them, where each touched page costs every process that is forked. A list that is
 * full moves to where there is twice the room, so that each takes twice its length at most. */
enum { FIRST_ROOM = 8, LISTS = 10 };
static const char *room[2 * MAX_PATHS * (LISTS + 1)];
static size_t taken;

static void make_room(struct paths *list) {
  size_t count = (size_t)list->count, size = count ? 2 * count : FIRST_ROOM;
  if (taken + size > sizeof room / sizeof *room) fail("the policy holds more paths than the launcher takes", NULL, 0);
  if (count) memcpy(room + taken, list->at, count * sizeof *room);
  list->at = room + taken;
  taken += size;
}

void policy_add(struct paths *list, const char *path) {
  int count = list->count, full = !count || (count >= FIRST_ROOM && !(count & (count - 1)));
  if (count == MAX_PATHS) fail("the policy holds more paths than the launcher takes", path, 0);
  if (full) make_room(list);
  list->at[list->count++] = path;
}

static void add_path(struct paths *list, const char *path) { policy_add(list, one_path(path)); }

static int take_capture(struct policy *p, const char *record) {
  const char *v;
  if ((v = text_after(record, "capture "))) p->capture = one_path(v);
  else if ((v = text_after(record, "capture-root "))) add_path(&p->capture_root, v);
  else if ((v = text_after(record, "capture-skip "))) add_path(&p->capture_skip, v);
  else if ((v = text_after(record, "capture-cap "))) p->capture_cap = (u64)number(v);
  else if ((v = text_after(record, "capture-total "))) p->capture_total = (u64)number(v);
  else return 0;
  return 1;
}

static void add_port(struct policy *p, const char *value) {
  long port = number(value);
  if (port == 0 || port > 65535 || p->port_count == MAX_PORTS) fail("the policy names no port, or too many", value, 0);
  p->ports[p->port_count++] = port;
}

static void take(struct policy *p, const char *record) {
  static const char *const tiers[] = {"none", "landlock", "ns", "ns-only"};
  static const char *const modes[] = {"read-only", "workspace-write", "danger-full-access", "external"};
  static const char *const nets[] = {"none", "full", "hosts"};
  static const char *const unixes[] = {"none", "masked", "allow"};
  const char *v;
  if ((v = text_after(record, "tier "))) p->tier = choice(v, tiers, 4), given |= TIER;
  else if ((v = text_after(record, "mode "))) p->mode = choice(v, modes, 4), given |= MODE;
  else if ((v = text_after(record, "net "))) p->net = choice(v, nets, 3), given |= NET;
  else if ((v = text_after(record, "port "))) add_port(p, v);
  else if ((v = text_after(record, "unix "))) p->unix_sockets = choice(v, unixes, 3), given |= UNIX;
  else if ((v = text_after(record, "write "))) add_path(&p->writable, v);
  else if ((v = text_after(record, "protect "))) add_path(&p->protect, v);
  else if ((v = text_after(record, "hide "))) add_path(&p->hidden, v);
  else if ((v = text_after(record, "socket "))) add_path(&p->sockets, v);
  else if ((v = text_after(record, "guard "))) add_path(&p->guard, v);
  else if ((v = text_after(record, "absent "))) add_path(&p->absent, v);
  else if ((v = text_after(record, "clear "))) add_path(&p->clear, v);
  else if ((v = text_after(record, "home "))) p->home = one_path(v);
  else if ((v = text_after(record, "layer "))) p->layer = one_path(v);
  else if ((v = text_after(record, "cwd "))) p->cwd = v;
  else if ((v = text_after(record, "memory "))) p->memory = number(v);
  else if ((v = text_after(record, "memory-group "))) p->memory_group = v;
  else if ((v = text_after(record, "parent "))) p->parent = number(v);
  else if ((v = text_after(record, "beside "))) p->beside = number(v);
  else if ((v = text_after(record, "abi "))) p->abi = number(v);
  else if ((v = text_after(record, "require "))) policy_add(&p->require, v);
  else if (text_equal(record, "merge")) p->merge = 1;
  else if (!take_capture(p, record)) fail("the policy holds a record that this launcher does not know", record, 0);
}

/* Parses every complete record from `from` on; returns where the next one starts, or -1 after `end`. */
static long parse(struct policy *p, size_t from, size_t used) {
  static int first = 1;
  for (size_t i = from; i < used; i++) {
    if (buffer[i]) continue;
    const char *record = buffer + from;
    from = i + 1;
    if (first && !text_equal(record, "moat 1")) fail("descriptor 3 does not hold a policy of version 1", record, 0);
    if (!first && text_equal(record, "end")) return -1;
    if (!first) take(p, record);
    first = 0;
  }
  return (long)from;
}

void policy_read(struct policy *p) {
  size_t used = 0;
  long from = 0;
  p->parent = p->beside = p->abi = p->ways = -1;
  p->capture_cap = DEFAULT_CAP;
  p->capture_total = DEFAULT_TOTAL;
  while (from >= 0) {
    if (used == sizeof buffer) fail("the policy is longer than the launcher takes", NULL, 0);
    long n = descriptor_read(CONTROL_FD, buffer + used, sizeof buffer - used, 0, &p->ways);
    if (n == -EINTR) continue;
    if (n < 0) fail("the policy cannot be read from descriptor 3", NULL, n);
    if (n == 0) fail("descriptor 3 ended before the policy was complete", NULL, 0);
    used += (size_t)n;
    from = parse(p, (size_t)from, used);
  }
  if (given != (TIER | MODE | NET | UNIX)) fail("the policy lacks one of tier, mode, net and unix", NULL, 0);
  if (policy_unconfined(p) != (p->tier == TIER_NONE)) fail("the policy's tier does not go with its mode", NULL, 0);
  if (!p->home != !p->layer || (p->home && (p->tier != TIER_NS || p->mode != MODE_WORKSPACE_WRITE)))
    fail("the policy's layer over the home does not go with the rest of it", p->home, 0);
  if (p->net == NET_HOSTS && (p->tier == TIER_LANDLOCK || policy_unconfined(p) || !p->port_count || p->ways < 0))
    fail("hosts by name need a network of the command's own, and a way out of it", NULL, 0);
  if (!p->cwd || *p->cwd != '/') fail("the policy names no absolute working directory", p->cwd, 0);
}

int policy_writable(const struct policy *p, const char *path) {
  for (int i = 0; i < p->writable.count; i++)
    if (path_within(path, p->writable.at[i])) return 1;
  return 0;
}

int policy_unconfined(const struct policy *p) { return p->mode == MODE_FULL || p->mode == MODE_EXTERNAL; }
