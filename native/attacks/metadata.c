/* Every way to change a mode, an owner, times or attributes of the file PATH, and races for the moment between looking and doing. */
#include "attack.h"

#include <linux/fs.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <utime.h>

#define NAME "user.moat"
#define MODE 0604
static const struct timespec long_ago[2] = {{981173106, 0}, {981173106, 0}};
static const struct timeval long_ago_us[2] = {{981173106, 0}, {981173106, 0}};

/* Somebody else as root; an ordinary user can only be told again who owns the file, which changes it all the same. */
static uid_t owner(void) { return getuid() ? getuid() : 4242; }
static int reading(const char *path) { return open(path, O_RDONLY | O_NONBLOCK); }
static int by_path(const char *path) { return open(path, O_PATH); }
static const char *magic_link(int fd) {
  static char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  return link;
}

#if defined(SYS_chmod)
static int mode(char **argv) { return outcome(syscall(SYS_chmod, argv[0], MODE)); }
static int owner_of(char **argv) { return outcome(syscall(SYS_chown, argv[0], owner(), -1)); }
static int owner_of_link(char **argv) { return outcome(syscall(SYS_lchown, argv[0], owner(), -1)); }
static int times_old(char **argv) {
  struct utimbuf times = {981173106, 981173106};
  return outcome(syscall(SYS_utime, argv[0], &times));
}
static int times_us(char **argv) { return outcome(syscall(SYS_utimes, argv[0], long_ago_us)); }
static int times_us_at(char **argv) { return outcome(syscall(SYS_futimesat, AT_FDCWD, argv[0], long_ago_us)); }
#else
static int none(char **argv) { (void)argv; return ENOSYS; }
#define mode none
#define owner_of none
#define owner_of_link none
#define times_old none
#define times_us none
#define times_us_at none
#endif
static int mode_fd(char **argv) { return outcome(fchmod(reading(argv[0]), MODE)); }
static int mode_at(char **argv) { return outcome(syscall(SYS_fchmodat, AT_FDCWD, argv[0], MODE)); }
static int mode_at2(char **argv) { return outcome(syscall(452, AT_FDCWD, argv[0], MODE, 0)); }
static int mode_empty(char **argv) { return outcome(syscall(452, by_path(argv[0]), "", MODE, AT_EMPTY_PATH)); }
static int mode_magic(char **argv) { return outcome(syscall(SYS_fchmodat, AT_FDCWD, magic_link(by_path(argv[0])), MODE)); }
static int owner_fd(char **argv) { return outcome(fchown(reading(argv[0]), owner(), -1)); }
static int owner_at(char **argv) { return outcome(fchownat(AT_FDCWD, argv[0], owner(), -1, 0)); }
static int owner_empty(char **argv) { return outcome(fchownat(by_path(argv[0]), "", owner(), -1, AT_EMPTY_PATH)); }
static int times_at(char **argv) { return outcome(utimensat(AT_FDCWD, argv[0], long_ago, 0)); }
static int times_fd(char **argv) { return outcome(syscall(SYS_utimensat, reading(argv[0]), NULL, long_ago, 0)); }
static int times_empty(char **argv) { return outcome(syscall(SYS_utimensat, by_path(argv[0]), "", long_ago, AT_EMPTY_PATH)); }
static int times_now(char **argv) { return outcome(utimensat(AT_FDCWD, argv[0], NULL, 0)); }
/* Another one than before, or nothing changes. */
static const char *value(char **argv) { return argv[1] ? argv[1] : "x"; }
static int set(char **argv) { return outcome(syscall(SYS_setxattr, argv[0], NAME, value(argv), 1, 0)); }
static int set_link(char **argv) { return outcome(syscall(SYS_lsetxattr, argv[0], NAME, value(argv), 1, 0)); }
static int set_fd(char **argv) { return outcome(syscall(SYS_fsetxattr, reading(argv[0]), NAME, value(argv), 1, 0)); }
static int set_magic(char **argv) { return outcome(syscall(SYS_setxattr, magic_link(by_path(argv[0])), NAME, value(argv), 1, 0)); }
static int set_at(char **argv) {
  struct { uint64_t value; uint32_t size, flags; } arguments = {(uint64_t)(uintptr_t)value(argv), 1, 0};
  return outcome(syscall(463, AT_FDCWD, argv[0], 0, NAME, &arguments, sizeof arguments));
}
static int discard(char **argv) { return outcome(syscall(SYS_removexattr, argv[0], NAME)); }
static int discard_link(char **argv) { return outcome(syscall(SYS_lremovexattr, argv[0], NAME)); }
static int discard_fd(char **argv) { return outcome(syscall(SYS_fremovexattr, reading(argv[0]), NAME)); }
static int discard_at(char **argv) { return outcome(syscall(466, AT_FDCWD, argv[0], 0, NAME)); }

#define NO_DUMP 0x80 /* FS_XFLAG_NODUMP, and with another number FS_NODUMP_FL */
static int flags_ioctl(char **argv) {
  int fd = reading(argv[0]), flags = 0;
  if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0) return errno;
  flags ^= FS_NODUMP_FL;
  return outcome(ioctl(fd, FS_IOC_SETFLAGS, &flags));
}
static int attributes_ioctl(char **argv) {
  int fd = reading(argv[0]);
  struct fsxattr attributes;
  if (ioctl(fd, FS_IOC_FSGETXATTR, &attributes) < 0) return errno;
  attributes.fsx_xflags ^= NO_DUMP;
  return outcome(ioctl(fd, FS_IOC_FSSETXATTR, &attributes));
}
static int version_ioctl(char **argv) {
  int version = 4242;
  return outcome(ioctl(reading(argv[0]), _IOW('v', 2, long), &version));
}
static int attributes_call(char **argv) {
  struct { uint64_t xflags; uint32_t extent, extents, project, cow; } attributes = {NO_DUMP, 0, 0, 0, 0};
  return outcome(syscall(469, AT_FDCWD, argv[0], &attributes, sizeof attributes, 0));
}

static int in_thread_result;
static void *thread_body(void *argv) {
  in_thread_result = mode_at(argv);
  return NULL;
}
static int in_thread(char **argv) {
  pthread_t thread;
  pthread_create(&thread, NULL, thread_body, argv);
  pthread_join(thread, NULL);
  return in_thread_result;
}
static int in_vfork(char **argv) {
  static volatile long result;
  if (vfork() == 0) {
    result = outcome(syscall(SYS_fchmodat, AT_FDCWD, argv[0], MODE));
    _exit(0);
  }
  wait(NULL);
  return (int)result;
}
static int undumpable(char **argv) {
  prctl(PR_SET_DUMPABLE, 0);
  return mode_at(argv);
}

/* Races: while one thread changes what a name, a number or a string stands for, the other makes the call, over and over. Each gets
 * PATH, which is outside; the file "mine" is inside. */
static struct race {
  char *target, buffer[4096];
  volatile int over;
} race;
enum { RACE_MS = 200 };

static long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int racing(void *(*flip)(void *), long (*once)(void), char **argv) {
  pthread_t thread;
  race.target = argv[0];
  close(creat("mine", 0644));
  pthread_create(&thread, NULL, flip, NULL);
  for (long end = milliseconds() + RACE_MS; milliseconds() < end; sched_yield()) once();
  race.over = 1;
  pthread_join(thread, NULL);
  return EPERM; /* Judged by the file alone. */
}

/* Of equal length, so that no mixture of the two is something else. */
static void *flip_string(void *none) {
  char inside[4096], outside[4096], *here = getcwd(NULL, 0);
  snprintf(outside, sizeof outside, "%s", race.target);
  int n = snprintf(inside, sizeof inside, "%s/mine", here);
  for (; n < (int)strlen(outside); n++) memmove(inside + 1, inside, (size_t)n + 1), inside[0] = '/';
  for (; (int)strlen(outside) < n;) memmove(outside + 1, outside, strlen(outside) + 1), outside[0] = '/';
  for (; !race.over; sched_yield()) {
    memcpy(race.buffer, outside, (size_t)n + 1);
    sched_yield();
    memcpy(race.buffer, inside, (size_t)n + 1);
  }
  return none;
}
static long mode_of_buffer(void) { return syscall(SYS_fchmodat, AT_FDCWD, race.buffer, MODE); }
static int race_string(char **argv) {
  strcpy(race.buffer, "mine");
  return racing(flip_string, mode_of_buffer, argv);
}

static void *flip_link(void *none) {
  for (; !race.over; sched_yield()) {
    unlink("next");
    if (symlink(race.target, "next") == 0) rename("next", "link");
    sched_yield();
    unlink("next");
    if (symlink("mine", "next") == 0) rename("next", "link");
  }
  return none;
}
static long mode_of_link(void) { return syscall(SYS_fchmodat, AT_FDCWD, "link", MODE); }
static int race_link(char **argv) { return racing(flip_link, mode_of_link, argv); }

static void *flip_descriptor(void *none) {
  int inside = reading("mine"), outside = reading(race.target);
  for (; !race.over; sched_yield()) {
    dup2(outside, 100);
    sched_yield();
    dup2(inside, 100);
  }
  return none;
}
static long mode_of_descriptor(void) { return fchmod(100, MODE); }
static int race_descriptor(char **argv) { return racing(flip_descriptor, mode_of_descriptor, argv); }

/* The directory that the call is relative to. */
static void *flip_directory(void *none) {
  char *here = getcwd(NULL, 0), *slash = strrchr(race.target, '/');
  char outside[4096];
  snprintf(outside, sizeof outside, "%.*s", (int)(slash - race.target), race.target);
  symlink("mine", slash + 1);
  for (; !race.over; sched_yield()) {
    if (chdir(outside) < 0) break;
    sched_yield();
    if (chdir(here) < 0) break;
  }
  return none;
}
static long mode_of_name(void) { return syscall(SYS_fchmodat, AT_FDCWD, strrchr(race.target, '/') + 1, MODE); }
static int race_directory(char **argv) { return racing(flip_directory, mode_of_name, argv); }

static int device_times(char **argv) { return outcome(syscall(SYS_utimensat, atoi(argv[0]), NULL, long_ago, 0)); }

const struct attack metadata_attacks[] = {
    {"chmod", mode}, {"fchmod", mode_fd}, {"fchmodat", mode_at}, {"fchmodat2", mode_at2},
    {"fchmodat2-empty", mode_empty}, {"fchmodat-magic", mode_magic},
    {"chown", owner_of}, {"lchown", owner_of_link}, {"fchown", owner_fd}, {"fchownat", owner_at}, {"fchownat-empty", owner_empty},
    {"utime", times_old}, {"utimes", times_us}, {"futimesat", times_us_at}, {"utimensat", times_at},
    {"utimensat-descriptor", times_fd}, {"utimensat-empty", times_empty}, {"utimensat-now", times_now},
    {"setxattr", set}, {"lsetxattr", set_link}, {"fsetxattr", set_fd}, {"setxattr-magic", set_magic}, {"setxattrat", set_at},
    {"removexattr", discard}, {"lremovexattr", discard_link}, {"fremovexattr", discard_fd}, {"removexattrat", discard_at},
    {"ioctl-flags", flags_ioctl}, {"ioctl-attributes", attributes_ioctl}, {"ioctl-version", version_ioctl},
    {"file-setattr", attributes_call},
    {"in-thread", in_thread}, {"in-vfork", in_vfork}, {"undumpable", undumpable},
    {"race-string", race_string}, {"race-link", race_link}, {"race-descriptor", race_descriptor}, {"race-directory", race_directory},
    {"device-times", device_times},
    {NULL, NULL},
};
