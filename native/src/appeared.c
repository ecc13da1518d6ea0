#include "appeared.h"

#include "fail.h"
#include "sys.h"
#include "text.h"
#include "tree.h"

/* Where a look along a path ended. */
struct place {
  long parent; /* directory of the component, open */
  char path[4096]; /* up to the component, which begins behind its end */
  char *name;      /* the component */
};

static char was_there[MAX_PATHS];

/* 1 when there is something at `path`, or on the way to it where a directory has to be: then `p` is that, to be closed. */
static int look(const char *path, struct place *p) {
  size_t length = text_length(path);
  if (length >= sizeof p->path) return 0;
  p->parent = sys_open("/", O_PATH | O_DIRECTORY, 0);
  for (size_t from = 1; p->parent >= 0;) {
    size_t to = from;
    struct stat st;
    while (path[to] && path[to] != '/') to++;
    memcpy(p->path, path, to);
    p->path[to] = 0;
    p->name = p->path + from;
    if (SYS4(NR_newfstatat, p->parent, p->name, &st, AT_SYMLINK_NOFOLLOW) < 0) break;
    if (!path[to] || (st.mode & S_IFMT) != S_IFDIR) return 1;
    long next = SYS4(NR_openat, p->parent, p->name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC, 0);
    sys_close(p->parent);
    p->parent = next;
    from = to + 1;
  }
  if (p->parent >= 0) sys_close(p->parent);
  return 0;
}

void appeared_begin(const struct policy *p) {
  for (int i = 0; i < p->absent.count; i++) was_there[i] = !sys_is_missing(p->absent.at[i]);
}

/* Of the wait for the end of a process whose first thread has ended: far more than the kernel takes for its other threads. */
#define LAST_THREADS_S 10

static int agent_closed(s64 seconds) {
  struct pollfd end = {.fd = CONTROL_FD};
  struct { s64 seconds, nanoseconds; } limit = {seconds, 0};
  return SYS5(NR_ppoll, &end, 1, &limit, NULL, 8) == 1 && (end.revents & POLLHUP);
}

/* moat keeps its end until it has read the end of ours. The kernel tells of its death as soon as its first thread has ended, and
 * closes its descriptors with the last one. */
static int agent_is_gone(long agent) {
  return agent_closed(0) || (agent > 0 && !tree_is_alive(agent) && agent_closed(LAST_THREADS_S));
}

/* A command may have taken the right to rename something in its directory. */
static int permit_renaming(long directory) {
  struct text link;
  text_start(&link, "/proc/self/fd/");
  text_add_number(&link, directory);
  return SYS3(NR_fchmodat, AT_FDCWD, link.bytes, 0700) == 0;
}

/* A name that is taken already is not worth losing what bears it. */
static void move_aside(const struct place *at) {
  for (long number = 0; number < 1000; number++) {
    struct text to;
    text_start(&to, at->name);
    text_add(&to, ".moved-away-by-moat.");
    text_add_number(&to, number);
    long error = SYS5(NR_renameat2, at->parent, at->name, at->parent, to.bytes, RENAME_NOREPLACE);
    if (error != -EEXIST && (error != -EACCES || !permit_renaming(at->parent))) return;
  }
}

void appeared_end(const struct policy *p) {
  struct place at;
  if (p->absent.count == 0 || !agent_is_gone(p->parent)) return;
  for (int i = 0; i < p->absent.count; i++) {
    if (was_there[i] || !look(p->absent.at[i], &at)) continue;
    at.name[-1] = 0;
    /* Elsewhere a command changes nothing. */
    if (policy_writable(p, at.path)) move_aside(&at);
    sys_close(at.parent);
  }
}
