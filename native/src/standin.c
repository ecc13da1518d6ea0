#include "standin.h"

#include "sys.h"
#include "text.h"

/* The sticky bit without any write bit; 1970-01-02, a time that every file system keeps exactly. */
#define DIRECTORY_MODE 01555
#define FILE_MODE 01444
#define MARK_SECONDS 86400
/* Before a stand-in is complete, and while it is looked at for the last time, its name is this, two numbers and its own. */
#define PASSING ".moat-stand-in."
#define PASSING_SIZE (NAME_SIZE + 64)

int standin_is(const struct stat *st) {
  int directory = (st->mode & S_IFMT) == S_IFDIR;
  if (st->mode != (directory ? S_IFDIR | DIRECTORY_MODE : S_IFREG | FILE_MODE)) return 0;
  if (st->times[2] != MARK_SECONDS || st->times[3] != 0) return 0; /* Of a directory this also says that it is empty. */
  return directory || (st->size == 0 && st->nlink == 1);
}

static void passing_name(char *to, const char *name) {
  static long number;
  struct text t;
  text_start(&t, PASSING);
  text_add_number(&t, SYS0(NR_getpid));
  text_add(&t, ".");
  text_add_number(&t, number++);
  text_add(&t, ".");
  text_add(&t, name);
  if (t.used >= PASSING_SIZE) t.used = PASSING_SIZE - 1;
  memcpy(to, t.bytes, t.used);
  to[t.used] = 0;
}

static long rename_new(long parent, const char *from, const char *to) {
  return SYS5(NR_renameat2, parent, from, parent, to, RENAME_NOREPLACE);
}

/* A file system on which no name can be taken without replacing what bears it. */
static int cannot_rename_new(long error) { return error == -EINVAL || error == -ENOSYS; }

static long create(long parent, const char *name, int directory) {
  long mask = SYS1(NR_umask, 0);
  long made = directory ? SYS3(NR_mkdirat, parent, name, DIRECTORY_MODE)
                        : SYS4(NR_openat, parent, name, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
  SYS1(NR_umask, mask);
  if (made > 0) sys_close(made);
  return made < 0 ? made : 0;
}

static long mark(long parent, const char *name) {
  const s64 times[4] = {0, UTIME_OMIT, MARK_SECONDS, 0};
  return SYS4(NR_utimensat, parent, name, times, AT_SYMLINK_NOFOLLOW);
}

long standin_make(long parent, const char *name, int directory) {
  char passing[PASSING_SIZE];
  long error;
  do {
    passing_name(passing, name);
    error = create(parent, passing, directory);
  } while (error == -EEXIST);
  if (error == 0) error = mark(parent, passing);
  if (error == 0) error = rename_new(parent, passing, name);
  if (error < 0) SYS3(NR_unlinkat, parent, passing, directory ? AT_REMOVEDIR : 0);
  if (!cannot_rename_new(error)) return error;
  error = create(parent, name, directory);
  return error < 0 ? error : mark(parent, name);
}

static int is_same(long parent, const char *name, const struct stat *wanted) {
  struct stat st;
  return SYS4(NR_newfstatat, parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.dev == wanted->dev && st.ino == wanted->ino;
}

/* Somebody has the file open for writing: then there is no read lease on it to be had. */
static int is_being_written(long fd) {
  SYS3(NR_fcntl, fd, F_SETSIG, SIGCHLD); /* Of no effect here; the default would end this process. */
  return SYS3(NR_fcntl, fd, F_SETLEASE, F_RDLCK) == -EAGAIN;
}

/* A program may rename its own file to this name at any moment, or write to the stand-in as root can. So it first leaves its name:
 * what it is then it stays, unless somebody had opened it before. */
static void remove_file(long parent, const char *name, long fd, struct stat *ours) {
  char passing[PASSING_SIZE];
  passing_name(passing, name);
  long error = rename_new(parent, name, passing);
  if (cannot_rename_new(error) && !is_being_written(fd)) SYS3(NR_unlinkat, parent, name, 0);
  if (error < 0) return;
  int still = is_same(parent, passing, ours) && !is_being_written(fd) && sys_fstat(fd, ours) == 0 && standin_is(ours);
  if (still) SYS3(NR_unlinkat, parent, passing, 0);
  else rename_new(parent, passing, name);
}

void standin_remove(long parent, const char *name, long fd) {
  struct stat ours;
  if (sys_fstat(fd, &ours) < 0 || !standin_is(&ours) || !is_same(parent, name, &ours)) return;
  /* A directory goes only while it is empty. */
  if ((ours.mode & S_IFMT) == S_IFDIR) SYS3(NR_unlinkat, parent, name, AT_REMOVEDIR);
  else remove_file(parent, name, fd, &ours);
}

/* What is locked is another launcher's at work. What is no stand-in is left alone: a command can make such a name as well, and giving
 * its file the name of a start-up file is what it would like. */
static void sweep_one(long parent, const char *passing) {
  struct stat st;
  long fd = SYS4(NR_openat, parent, passing, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
  if (fd < 0) return;
  if (SYS2(NR_flock, fd, LOCK_EX | LOCK_NB) == 0 && sys_fstat(fd, &st) == 0) {
    if (st.mode == (S_IFDIR | DIRECTORY_MODE)) SYS3(NR_unlinkat, parent, passing, AT_REMOVEDIR);
    if (st.mode == (S_IFREG | FILE_MODE) && st.size == 0) SYS3(NR_unlinkat, parent, passing, 0);
  }
  sys_close(fd);
}

void standin_sweep(long parent) {
  char entries[4096] __attribute__((aligned(8)));
  long fd = SYS4(NR_openat, parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  for (long n; fd >= 0 && (n = SYS3(NR_getdents64, fd, entries, sizeof entries)) > 0;) {
    for (long at = 0; at < n;) {
      struct dirent64 *entry = (struct dirent64 *)(entries + at);
      at += entry->reclen;
      if (text_after(entry->name, PASSING)) sweep_one(parent, entry->name);
    }
  }
  if (fd >= 0) sys_close(fd);
}
