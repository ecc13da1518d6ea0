#include "../fail.h"
#include "../sys.h"
#include "../text.h"
#include "home.h"
#include "keeper.h"
#include "mask.h"
#include "numbers.h"

static const char *missing;
static long tree = -1, mask = -1;

const char *home_missing(void) { return missing; }
int home_layered(void) { return tree >= 0; }
long home_tree(void) { return tree; }

/* A copy of the mount that all of the keeper's namespace consists of. Only a process in there can take it; that one shares our
 * descriptors. */
static long copy_tree(long user, long mount) {
  int status = 0;
  long place = SYS3(NR_fcntl, user, F_DUPFD_CLOEXEC, CONTROL_FD + 1);
  long pid = place < 0 ? place : sys_fork(CLONE_FILES);
  if (pid == 0) {
    long error = SYS2(NR_setns, user, CLONE_NEWUSER);
    if (error >= 0) error = SYS2(NR_setns, mount, CLONE_NEWNS);
    if (error >= 0) error = SYS3(NR_open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE | O_CLOEXEC);
    if (error >= 0) {
      SYS3(NR_dup3, error, place, O_CLOEXEC);
      error = sys_close(error);
    }
    sys_exit((int)-error);
  }
  if (pid > 0) SYS4(NR_wait4, pid, &status, 0, NULL);
  if (pid > 0 && status == 0) return place;
  sys_close(place);
  return pid < 0 ? pid : -(status >> 8 & 0xff);
}

static int is_same_file(long a, long b) {
  struct stat one, other;
  return sys_fstat(a, &one) == 0 && sys_fstat(b, &other) == 0 && one.dev == other.dev && one.ino == other.ino;
}

/* Takes the mount from the keeper, whose number is in `lock`, and its lock with it: who uses a layer keeps others from mounting it once
 * more, also when the keeper was killed. */
static long join(long lock) {
  char number[32];
  long n = SYS4(NR_pread64, lock, number, sizeof number - 1, 0);
  number[n > 0 ? n : 0] = 0;
  long pid = text_number(number);
  if (n <= 0 || pid <= 0) return -EAGAIN;
  long keeper = SYS2(NR_pidfd_open, pid, 0);
  if (keeper < 0) return keeper;
  long held = SYS3(NR_pidfd_getfd, keeper, KEPT_LOCK, 0);
  long user = SYS3(NR_pidfd_getfd, keeper, KEPT_USER_NAMESPACE, 0), mount = SYS3(NR_pidfd_getfd, keeper, KEPT_MOUNT_NAMESPACE, 0);
  mask = SYS3(NR_pidfd_getfd, keeper, KEPT_MASK, 0);
  sys_close(keeper);
  long copied = held < 0 ? held : user < 0 ? user : mount < 0 ? mount : is_same_file(held, lock) ? copy_tree(user, mount) : -ESRCH;
  sys_close(user), sys_close(mount);
  if (copied < 0) sys_close(held);
  return copied;
}

/* Of the wait for a keeper that is only starting, or only ending, in ms. A lock that stays without a keeper is held by commands whose keeper was
 * killed. */
#define PATIENCE_MS 300

/* No keeper is there at this moment; another answer would be the same a moment later. */
static int passes(long error) { return error == -EAGAIN || error == -ESRCH || error == -EBADF; }

static const char *start_keeper(const struct policy *p, long store, long lock) {
  long users = SYS4(NR_openat, store, "users", O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
  const char *problem = keeper_start(p, lock, users);
  sys_close(users);
  return problem;
}

static const char *find_keeper(const struct policy *p, long store) {
  struct { s64 seconds, nanoseconds; } pause = {0, 1000000};
  for (int i = 0; i < PATIENCE_MS; i++) {
    long lock = SYS4(NR_openat, store, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (lock < 0) return "the lock of the layer cannot be opened";
    if (SYS2(NR_flock, lock, LOCK_EX | LOCK_NB) == 0) {
      const char *problem = start_keeper(p, store, lock);
      if (problem) return sys_close(lock), problem;
    }
    tree = join(lock);
    sys_close(lock);
    if (tree >= 0) return NULL;
    if (!passes(tree)) return "its keeper cannot be looked into, as Yama and other security modules have it";
    SYS2(NR_nanosleep, &pause, NULL);
  }
  return "it is in use by commands whose keeper has ended";
}

static const char *enter(const struct policy *p) {
  struct stat st;
  long store = sys_open_exact(p->layer);
  if (store < 0 || sys_fstat(store, &st) < 0) return "its directory cannot be opened";
  if ((st.mode & S_IFMT) != S_IFDIR || st.uid != SYS0(NR_geteuid) || (st.mode & 077)) return "its directory can be reached by others";
  long users = SYS4(NR_openat, store, "users", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (users < 0) return "the lock of its users cannot be opened";
  /* Held until this process and all that it starts have ended. */
  while (SYS2(NR_flock, users, LOCK_SH) == -EINTR) continue;
  return find_keeper(p, store);
}

void home_join(const struct policy *p) {
  if (p->home) missing = enter(p);
}

int home_shows_later(const struct policy *p) {
  size_t prefix = text_length(p->home) + 1;
  for (int i = 0; i < p->hidden.count; i++)
    if (path_within(p->hidden.at[i], p->home) && !mask_covers(mask, p->hidden.at[i] + prefix)) return 1;
  return 0;
}
