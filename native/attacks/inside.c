/* inside: every call on metadata, on every kind of thing, in the working directory. Prints what each answered and what was changed, so
 * that a run in the sandbox can be compared with one outside of it. The calls that programs make must answer alike. */
#include "inside.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

static const struct timespec times[2] = {{1000000000, 5}, {1100000000, 7}};
static const struct timespec half[2] = {{0, UTIME_OMIT}, {1200000000, 9}};
static const struct timespec wrong[2] = {{0, 2000000000}, {0, 0}};
static const struct timeval wrong_us[2] = {{0, 2000000}, {0, 0}};
static void *const nowhere = (void *)8; /* No memory is mapped there. */
static const struct timeval us[2] = {{1000000000, 5}, {1100000000, 7}};

void say(const char *label, long result) {
  printf("%-44s %d\n", label, result < 0 ? errno : 0);
}

/* Mode, owner, size of what was set, and the times that were: not those of the clock. */
static void show(const char *path) {
  struct stat st;
  char names[256] = {0};
  if (lstat(path, &st) < 0) {
    say(path, -1);
    return;
  }
  ssize_t n = llistxattr(path, names, sizeof names - 1);
  int set = st.st_mtim.tv_sec < 1300000000;
  printf("  %s: %o %d:%d %ld.%ld names %zd %s\n", path, st.st_mode, st.st_uid, st.st_gid, set ? st.st_mtim.tv_sec : 0,
         set ? st.st_mtim.tv_nsec : 0, n, names);
}

static void make_things(void) {
  umask(022);
  close(creat("f", 0644));
  mkdir("d", 0755);
  close(creat("d/e", 0600));
  mkdir("closed", 0755);
  close(creat("closed/in", 0644));
  symlink("f", "l");
  symlink("none", "dangling");
  symlink("loop", "loop");
  symlink("d", "dl");
  mkfifo("p", 0644);
}

static void modes(void) {
  char longest[5000];
  memset(longest, 'x', sizeof longest - 1);
  longest[sizeof longest - 1] = 0;
  TRY(chmod("f", 0600));
  TRY(chmod("./d/../f", 0640));
  TRY(chmod("l", 0604));
  TRY(chmod("d", 02775));
  TRY(chmod("d/", 0775));
  TRY(chmod("f/", 0600));
  TRY(chmod("f/x", 0600));
  TRY(chmod("dl/e", 0611));
  TRY(chmod("dangling", 0600));
  TRY(chmod("loop", 0600));
  TRY(chmod("none", 0600));
  TRY(chmod("", 0600));
  TRY(chmod(NULL, 0600));
  TRY(chmod(nowhere, 0600));
  TRY(chmod(longest, 0600));
  TRY(chmod("p", 0600));
  TRY(chmod("/proc/self/cwd/f", 0622));
  TRY(chmod("/dev/fd/77", 0622));
  TRY(fchmod(-1, 0600));
  TRY(fchmod(99, 0600));
  TRY(fchmod(AT_FDCWD, 0600));
  TRY(syscall(SYS_fchmodat, 99, "f", 0600));
  TRY(syscall(SYS_fchmodat, 99, "/etc/none", 0600));
  TRY(syscall(452, AT_FDCWD, "l", 0600, AT_SYMLINK_NOFOLLOW));
  TRY(syscall(452, AT_FDCWD, "f", 0600, 0x4000));
  TRY(syscall(452, AT_FDCWD, "", 0700, AT_EMPTY_PATH));
  TRY(fchmodat(AT_FDCWD, "f", 0666, AT_SYMLINK_NOFOLLOW));
  show("f"), show("d"), show("d/e"), show("p"), show(".");
}

static void descriptors(void) {
  int f = open("f", O_RDWR), d = open("d", O_RDONLY | O_DIRECTORY), pair[2], ends[2];
  int memory = memfd_create("m", 0), gone = open("gone", O_RDWR | O_CREAT, 0600), unnamed = open(".", O_TMPFILE | O_RDWR, 0600);
  int path = open("f", O_PATH), link = open("l", O_PATH | O_NOFOLLOW);
  char name[64];
  unlink("gone");
  TRY(pipe(pair));
  TRY(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  const int all[] = {f, d, pair[0], ends[0], memory, gone, unnamed};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    printf("descriptor %zu\n", i);
    TRY(fchmod(all[i], 0640));
    TRY(fchown(all[i], getuid(), getgid()));
    TRY(futimens(all[i], times));
    TRY(futimens(all[i], NULL));
    snprintf(name, sizeof name, "/proc/self/fd/%d", all[i]);
    TRY(chmod(name, 0600));
    snprintf(name, sizeof name, "/dev/fd/%d", all[i]);
    TRY(utimensat(AT_FDCWD, name, times, 0));
    struct stat st;
    fstat(all[i], &st);
    printf("  %o\n", st.st_mode & 07777);
  }
  TRY(syscall(SYS_fchmodat, d, "e", 0644));
  TRY(fchownat(d, "e", getuid(), -1, 0));
  TRY(fchownat(f, "e", getuid(), -1, 0));
  TRY(fchownat(path, "", getuid(), getgid(), AT_EMPTY_PATH));
  TRY(fchownat(link, "", getuid(), getgid(), AT_EMPTY_PATH));
  TRY(syscall(SYS_utimensat, link, "", times, AT_EMPTY_PATH));
  TRY(syscall(SYS_utimensat, d, NULL, times, 0));
  TRY(syscall(SYS_utimensat, AT_FDCWD, NULL, times, 0));
  TRY(syscall(SYS_utimensat, d, NULL, times, AT_SYMLINK_NOFOLLOW));
  snprintf(name, sizeof name, "/proc/self/fd/%d", f);
  int changed = lchown(name, 4242, 4242); /* The link in /proc, whatever came of it. */
  (void)changed;
  show("f"), show("d"), show("d/e"), show("l");
}

/* Through the directory that another process of ours works in. */
static void through_a_child(void) {
  char path[64];
  int ready[2], done[2];
  if (pipe(ready) < 0 || pipe(done) < 0 || chmod("d", 0755) < 0) return;
  pid_t child = fork();
  if (child == 0) {
    if (chdir("d") == 0 && write(ready[1], "", 1) == 1) _exit(read(done[0], path, 1) < 0);
    _exit(1);
  }
  if (read(ready[0], path, 1) < 0) return;
  snprintf(path, sizeof path, "/proc/%d/cwd/e", child);
  say("through a child", chmod(path, 0626));
  close(done[1]);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  show("d/e");
}

static void owners(void) {
  TRY(chown("f", getuid(), getgid()));
  TRY(chown("f", -1, -1));
  TRY(chown("f", 4242, -1));
  TRY(chown("f", -1, 4242));
  TRY(chown("dangling", getuid(), -1));
  TRY(lchown("dangling", getuid(), getgid()));
  TRY(lchown("l", 4242, 4242));
  TRY(fchownat(AT_FDCWD, "l", getuid(), -1, AT_SYMLINK_NOFOLLOW));
  TRY(fchownat(AT_FDCWD, "l", getuid(), -1, 0x40));
  show("f"), show("l"), show("dangling");
  chown("f", getuid(), getgid());
}

static void all_times(void) {
  struct utimbuf old = {1000000000, 1100000000};
  TRY(utime("f", &old));
  show("f");
  TRY(utime("f", NULL));
  TRY(utimes("f", us));
  TRY(utimes("f", wrong_us));
  show("f");
  TRY(lutimes("l", us));
  TRY(futimesat(AT_FDCWD, "d/e", us));
  TRY(utimensat(AT_FDCWD, "f", times, 0));
  TRY(utimensat(AT_FDCWD, "f", half, 0));
  TRY(utimensat(AT_FDCWD, "f", wrong, 0));
  TRY(utimensat(AT_FDCWD, "f", times, 0x40));
  TRY(utimensat(AT_FDCWD, "l", times, AT_SYMLINK_NOFOLLOW));
  TRY(utimensat(AT_FDCWD, "none", NULL, 0));
  TRY(syscall(SYS_utimensat, AT_FDCWD, "f", nowhere, 0));
  show("f"), show("l"), show("d/e");
}

static void attributes(void) {
  static char big[70000];
  char name[300];
  memset(name, 'n', sizeof name - 1);
  memcpy(name, "user.", 5);
  name[299] = 0;
  TRY(setxattr("f", "user.a", "1", 1, 0));
  TRY(setxattr("f", "user.a", "2", 1, XATTR_CREATE));
  TRY(setxattr("f", "user.b", "2", 1, XATTR_REPLACE));
  TRY(setxattr("f", "user.c", "", 0, 0));
  TRY(setxattr("f", "user.d", NULL, 0, 0));
  TRY(setxattr("f", "user.e", "1", 1, 9));
  TRY(setxattr("f", "user.f", big, sizeof big, 0));
  TRY(setxattr("f", "user.g", nowhere, 1, 0));
  TRY(setxattr("f", name, "1", 1, 0));
  TRY(setxattr("f", "", "1", 1, 0));
  TRY(setxattr("f", NULL, "1", 1, 0));
  TRY(setxattr("f", "nonsense", "1", 1, 0));
  TRY(setxattr("d", "user.a", "1", 1, 0));
  TRY(setxattr("p", "user.a", "1", 1, 0));
  TRY(setxattr("none", "user.a", "1", 1, 0));
  TRY(setxattr("l", "user.l", "1", 1, 0));
  TRY(lsetxattr("l", "user.l", "1", 1, 0));
  int f = open("f", O_RDONLY);
  TRY(fsetxattr(f, "user.h", "1", 1, 0));
  TRY(fsetxattr(99, "user.h", "1", 1, 0));
  TRY(fremovexattr(f, "user.h"));
  TRY(removexattr("f", "user.a"));
  TRY(removexattr("f", "user.a"));
  TRY(lremovexattr("d", "user.a"));
  show("f"), show("d");
}

/* What only an ordinary user sees: directories without the right to search them. */
static void closed(void) {
  int in = open("closed/in", O_RDWR);
  TRY(chmod("closed", 0));
  TRY(chmod("closed/in", 0600));
  TRY(fchmod(in, 0611));
  TRY(utimensat(AT_FDCWD, "closed/in", NULL, 0));
  TRY(chmod("closed", 0755));
  show("closed/in");
  chdir("d");
  rmdir("../gone2");
  mkdir("../gone2", 0755);
  chdir("../gone2");
  rmdir("../gone2");
  TRY(chmod("../f", 0600));
  TRY(chmod("x", 0600));
  TRY(chmod(".", 0700));
}

static void ignore(int signal) { (void)signal; }
static void *many(void *path) {
  long failed = 0;
  for (int i = 0; i < 300; i++) failed += chmod(path, 0600 + i % 64) < 0;
  return (void *)failed;
}
/* A timer that fires all the time, threads, and children. */
static void at_once(void) {
  struct itimerval often = {{0, 200}, {0, 200}}, never = {{0, 0}, {0, 0}};
  void *failed[2] = {NULL, NULL};
  pthread_t threads[2];
  int status, bad = 0;
  signal(SIGALRM, ignore);
  setitimer(ITIMER_REAL, &often, NULL);
  printf("under signals: %ld failed\n", (long)many("../f"));
  setitimer(ITIMER_REAL, &never, NULL);
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, many, i ? "../f" : "../d/e");
  for (int i = 0; i < 2; i++) pthread_join(threads[i], &failed[i]);
  printf("in threads: %ld %ld failed\n", (long)failed[0], (long)failed[1]);
  for (int i = 0; i < 4; i++)
    if (fork() == 0) _exit(many(i % 2 ? "../f" : "../d/e") != NULL);
  while (wait(&status) > 0) bad += status != 0;
  printf("in children: %d failed\n", bad);
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  make_things();
  modes();
  descriptors();
  through_a_child();
  owners();
  all_times();
  attributes();
  closed();
  at_once();
  own_processes();
  return 0;
}
