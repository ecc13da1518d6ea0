#include "credentials.h"

#include "../sys.h"
#include "../text.h"
#include "../tree.h"
#include "abi.h"
#include "target.h"

/* More supplementary groups than a person is in; a process with more of them gets its calls refused. */
#define MAX_GROUPS 256
#define UNCHANGED (-1)

struct identity {
  u32 uid, fsuid, gid, fsgid;
  int group_count;
  u32 groups[MAX_GROUPS];
  u64 effective;
};
/* Our own, and that of the caller. */
static struct identity own, theirs;
static struct cap_data whole[2];
static int lends, known, differing, changed;

/* What the supervisor needs to look into processes of other ids, and to end them. Neither reaches files. */
#define FOR_PROCESSES (1ULL << CAP_SYS_PTRACE | 1ULL << CAP_KILL)

static long set_effective(u64 wanted) {
  struct cap_header header = {CAPABILITY_VERSION_3, 0};
  struct cap_data data[2] = {whole[0], whole[1]};
  for (int i = 0; i < 2; i++) data[i].effective = whole[i].permitted & (u32)(wanted >> 32 * i);
  return SYS2(NR_capset, &header, data);
}

void credentials_prepare(void) {
  struct cap_header header = {CAPABILITY_VERSION_3, 0};
  SYS2(NR_capget, &header, whole);
  lends = whole[0].permitted || whole[1].permitted || SYS0(NR_geteuid) == 0;
}

/* Behind `key` at the start of a line; NULL when there is none. */
static const char *field(const char *status, const char *key) {
  for (const char *line = status; line; ) {
    const char *value = text_after(line, key);
    if (value) return value;
    while (*line && *line != '\n') line++;
    line = *line ? line + 1 : NULL;
  }
  return NULL;
}

/* The decimal numbers of a line; -1 when there are more than `most`. */
static int numbers(const char *line, u32 *to, int most) {
  int count = 0;
  while (*line && *line != '\n') {
    if (*line < '0' || *line > '9') {
      line++;
      continue;
    }
    if (count == most) return -1;
    to[count++] = (u32)text_number(line);
    while (*line >= '0' && *line <= '9') line++;
  }
  return count;
}

static u64 hexadecimal(const char *digits) {
  u64 n = 0;
  while (*digits == ' ' || *digits == '\t') digits++;
  for (; *digits && *digits != '\n'; digits++) n = n << 4 | (u64)(*digits <= '9' ? *digits - '0' : *digits - 'a' + 10);
  return n;
}

/* Fields of /proc/PID/status: Uid and Gid hold the real, effective, saved and file system id. */
static long read_identity(long thread, struct identity *to) {
  static char status[16 << 10];
  u32 uids[4], gids[4];
  long n = target_file(thread, "status", status, sizeof status);
  if (n < 0) return n;
  const char *uid = field(status, "Uid:"), *gid = field(status, "Gid:"), *groups = field(status, "Groups:"),
             *effective = field(status, "CapEff:");
  if (!uid || !gid || !groups || !effective) return -EPERM;
  if (numbers(uid, uids, 4) != 4 || numbers(gid, gids, 4) != 4) return -EPERM;
  to->uid = uids[0], to->fsuid = uids[3], to->gid = gids[0], to->fsgid = gids[3];
  to->group_count = numbers(groups, to->groups, MAX_GROUPS);
  to->effective = hexadecimal(effective);
  return to->group_count < 0 ? -EPERM : 0;
}

static int same_ids(const struct identity *a, const struct identity *b) {
  if (a->uid != b->uid || a->fsuid != b->fsuid || a->gid != b->gid || a->fsgid != b->fsgid) return 0;
  if (a->group_count != b->group_count) return 0;
  for (int i = 0; i < a->group_count; i++)
    if (a->groups[i] != b->groups[i]) return 0;
  return 1;
}

/* setfsuid and setfsgid say nothing of a failure: asking again, with an id that nobody has, tells what holds. */
static long set_file_ids(const struct identity *i) {
  SYS1(NR_setfsgid, i->fsgid);
  SYS1(NR_setfsuid, i->fsuid);
  return (u32)SYS1(NR_setfsgid, UNCHANGED) == i->fsgid && (u32)SYS1(NR_setfsuid, UNCHANGED) == i->fsuid ? 0 : -EPERM;
}

/* The real ids as well: without CAP_SYS_PTRACE only they open the memory of another user's process. The effective ones stay, as the
 * way back. */
static long assume(const struct identity *i) {
  long error = SYS2(NR_setgroups, i->group_count, i->groups);
  if (error == 0) error = SYS3(NR_setresgid, i->gid, UNCHANGED, UNCHANGED);
  if (error == 0) error = SYS3(NR_setresuid, i->uid, UNCHANGED, UNCHANGED);
  if (error == 0) error = set_file_ids(i);
  /* The kernel takes capabilities over files away together with the file system id of root. */
  return error == 0 ? set_effective(~0ULL) : error;
}

void credentials_note_change(void) { differing = 1; }

/* The first caller stands for all that come before an identity call. */
long credentials_take(long thread) {
  if (!lends || (known && !differing)) return 0;
  long error = known ? 0 : read_identity(SYS0(NR_getpid), &own);
  if (error == 0) error = read_identity(thread, &theirs);
  if (error < 0) return error;
  known = 1;
  changed = !same_ids(&theirs, &own);
  if (changed) differing = 1;
  if (!differing) return set_effective(theirs.effective | FOR_PROCESSES);
  return changed ? assume(&theirs) : 0;
}

long credentials_lower(void) { return differing ? set_effective(theirs.effective) : 0; }

long credentials_restore(void) {
  if (!differing) return 0;
  long error = set_effective(~0ULL);
  if (error < 0 || !changed) return error;
  changed = 0;
  error = assume(&own);
  /* With another id the kernel forgets who is to be told of the launcher's end, and that nobody may look in here. */
  tree_follow(SIGPWR, 0);
  sys_prctl(PR_SET_DUMPABLE, 0);
  return error;
}
