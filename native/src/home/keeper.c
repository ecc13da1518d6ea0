#include "keeper.h"

#include "../fail.h"
#include "../ns.h"
#include "../sys.h"
#include "../text.h"
#include "home.h"
#include "mask.h"
#include "numbers.h"

static char **words;
static char *words_end;

void home_set_words(char **argv, char **envp) {
  words = argv;
  while (envp[0] && envp[1]) envp++;
  words_end = envp[0] ? envp[0] + text_length(envp[0]) : argv[0] + text_length(argv[0]);
}

/* Whoever looks at processes sees these words, and they are the command's. */
static void forget_words(void) {
  static const char name[] = "moat-home";
  for (char *c = words[0]; c < words_end; c++) *c = 0;
  if (words_end - words[0] > (long)sizeof name) memcpy(words[0], name, sizeof name);
  sys_prctl(PR_SET_NAME, (long)name);
}

static struct text said;

static long say(const char *what, long error) {
  text_add(&said, what);
  text_add(&said, ": ");
  text_add_errno(&said, error);
  return error;
}

static long open_in(long store, const char *name) {
  SYS3(NR_mkdirat, store, name, 0700);
  return SYS4(NR_openat, store, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
}

static void add_layer(struct text *options, const char *name, long fd) {
  text_add(options, name);
  text_add(options, "/proc/self/fd/");
  text_add_number(options, fd);
}

/* Puts a mask in memory over the store, whose directories are open already. It cannot lie in there: layers must not lie in each other. */
static long mount_mask(const struct policy *p, long home) {
  long error = SYS5(NR_mount, "tmpfs", p->layer, "tmpfs", MS_NOSUID | MS_NODEV, "mode=700");
  if (error < 0) return error;
  long mask = sys_open_exact(p->layer);
  if (mask >= 0) error = mask_make(p, mask, home);
  return error < 0 ? error : mask;
}

/* The merged root has the mode of `upper`. Layers are named by descriptors: a path may hold what separates options, and would be read in
 * /proc/self/mountinfo. With xino all files have one device number, as programs that stay on one file system expect. */
static long mount_layer(const struct policy *p, long *mask) {
  struct text options;
  struct stat st;
  text_start(&options, "");
  /* Opened here: layers have to be of this mount namespace. */
  long home = sys_open_exact(p->home), store = sys_open_exact(p->layer);
  if (home < 0 || sys_fstat(home, &st) < 0 || (st.mode & S_IFMT) != S_IFDIR || st.uid != SYS0(NR_geteuid)) return say("the home directory is not the user's own", -EPERM);
  long upper = open_in(store, "upper"), work = open_in(store, "work");
  SYS3(NR_fchmodat, store, "upper", st.mode & 0777);
  if ((*mask = mount_mask(p, home)) < 0) return say("the mask over hidden paths", *mask);
  add_layer(&options, "userxattr,index=off,xino=on,lowerdir=", *mask);
  add_layer(&options, ":", home);
  add_layer(&options, ",upperdir=", upper);
  add_layer(&options, ",workdir=", work);
  long error = SYS5(NR_mount, "overlay", p->home, "overlay", MS_NOSUID | MS_NODEV, options.bytes);
  return error < 0 ? say("overlayfs", error) : 0;
}

/* The layer becomes all that there is: other file systems are not kept busy by a process that nobody thinks of. */
static long leave_the_rest(const struct policy *p) {
  long error = SYS1(NR_chdir, p->home);
  if (error >= 0) error = SYS2(NR_pivot_root, ".", ".");
  if (error >= 0) error = SYS2(NR_umount2, ".", MNT_DETACH);
  return error < 0 ? say("the layer cannot be kept apart", error) : 0;
}

static long keep_descriptors(const long *from, long *ready) {
  /* First out of the way of the numbers that are about to be used. */
  long high[KEPT_COUNT], moved = SYS3(NR_fcntl, *ready, F_DUPFD_CLOEXEC, 64);
  for (int i = 0; i < KEPT_COUNT; i++)
    if ((high[i] = SYS3(NR_fcntl, from[i], F_DUPFD_CLOEXEC, 64)) < 0) return high[i];
  for (int i = 0; i < KEPT_COUNT; i++) SYS3(NR_dup3, high[i], i, O_CLOEXEC);
  *ready = SYS3(NR_dup3, moved, KEPT_COUNT, O_CLOEXEC);
  return SYS3(NR_close_range, KEPT_COUNT + 1, ~0U, 0);
}

static long write_own_number(void) {
  struct text number;
  text_start(&number, "");
  text_add_number(&number, SYS0(NR_getpid));
  text_add(&number, "\n");
  long n = sys_write(KEPT_LOCK, number.bytes, number.used);
  return n < 0 ? n : 0;
}

static long set_up(const struct policy *p, long lock, long users, long *ready) {
  long kept[KEPT_COUNT] = {lock, users, sys_open("/proc/self/ns/user", O_RDONLY, 0), sys_open("/proc/self/ns/mnt", O_RDONLY, 0)};
  SYS1(NR_umask, 0);
  long error = SYS5(NR_mount, NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
  if (error < 0) return say("mounts cannot be kept apart", error);
  if ((error = mount_layer(p, &kept[KEPT_MASK])) < 0 || (error = leave_the_rest(p)) < 0) return error;
  if ((error = keep_descriptors(kept, ready)) < 0) return say("descriptors cannot be kept", error);
  if ((error = write_own_number()) < 0) return say("the lock cannot be written", error);
  return 0;
}

/* Users hold a shared lock: the exclusive one is had when the last of them has ended, however it ended. The other lock goes first, so that
 * whoever waits for this one finds no keeper any more. */
static void __attribute__((noreturn)) keep(const struct policy *p, long lock, long users, long ready) {
  u64 all = ~0ULL;
  SYS4(NR_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof all);
  forget_words();
  long error = set_up(p, lock, users, &ready);
  if (error >= 0) text_add(&said, "ready");
  sys_write(ready, said.bytes, said.used);
  sys_close(ready);
  if (error < 0) sys_exit(EXIT_SETUP);
  while (SYS2(NR_flock, KEPT_USERS, LOCK_EX) == -EINTR) continue;
  sys_close(KEPT_LOCK);
  sys_exit(0);
}

/* Between the launcher and the keeper, which becomes nobody's child when this process ends: whoever adopts processes to end them has to
 * leave it alone. */
static void __attribute__((noreturn)) start(const struct policy *p, long lock, long users, long ready) {
  int pipe[2];
  char byte;
  /* What fails here is told by the keeper's silence. */
  sys_close(CONTROL_FD), sys_close(2);
  SYS0(NR_setsid);
  must(SYS2(NR_pipe2, pipe, O_CLOEXEC), "", NULL);
  long pid = must(sys_fork(CLONE_NEWUSER | CLONE_NEWNS), "", NULL);
  if (pid == 0) {
    sys_close(pipe[1]);
    if (sys_read(pipe[0], &byte, 1) != 1) sys_exit(EXIT_SETUP);
    keep(p, lock, users, ready);
  }
  ns_map_ids(pid);
  sys_write(pipe[1], "", 1);
  sys_exit(0);
}

const char *keeper_start(const struct policy *p, long lock, long users) {
  static char answer[512];
  int pipe[2], status;
  if (SYS2(NR_ftruncate, lock, 0) < 0 || SYS2(NR_pipe2, pipe, O_CLOEXEC) < 0) return "the lock of the layer cannot be written";
  long pid = sys_fork(0);
  if (pid == 0) start(p, lock, users, pipe[1]);
  sys_close(pipe[1]);
  long n = pid < 0 ? pid : sys_read(pipe[0], answer, sizeof answer - 1);
  sys_close(pipe[0]);
  if (pid > 0) SYS4(NR_wait4, pid, &status, 0, NULL);
  if (n <= 0) return "the namespaces of the layer cannot be made";
  answer[n] = 0;
  return text_equal(answer, "ready") ? NULL : answer;
}
