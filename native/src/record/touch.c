#include "touch.h"

#include "../supervisor/target.h"
#include "../sys.h"
#include "../text.h"
#include "keep.h"
#include "table.h"

/* The journal's own version. */
#define VERSION 1
/* Later than now, by more than a clock is set back in passing: such a time says nothing of when a file was made. */
#define AHEAD 1000000000ULL
/* Directories that lie in each other; a path has no room for more. */
#define MOST_DEEP 2048

static const struct id nothing;
static u64 began, now;

void touch_begin(u32 number) {
  table_clear();
  /* Not the coarse clock: a file that was there before must not look younger than this. */
  began = now = journal_clock();
  journal_start(BEGIN, began);
  journal_u32(VERSION);
  journal_u32(number);
  journal_finish();
}

void touch_tick(void) { now = journal_clock(); }
int touch_is_new(const struct id *id) { return id->born > began && id->born <= now + AHEAD; }

/* Adds marks; gives which of them were there. Without memory everything counts as unseen, and is written again. */
static u32 mark(const struct id *id, const char *name, u32 marks) {
  u32 *all = table_marks(id, name), before = all ? *all : 0;
  if (all) *all |= marks;
  return before & marks;
}

static u32 marks_of(const struct id *id) {
  u32 *all = table_marks(id, NULL);
  return all ? *all : 0;
}

int touch_is_exposed(const struct id *id) { return (marks_of(id) & (MARK_LINKED | MARK_COPIED)) == MARK_LINKED; }

void touch_gap(const struct id *id, enum gap reason, const char *path) {
  struct id key = {0, (u64)reason, 0};
  if (id ? mark(id, NULL, MARK_GAP) : mark(&key, path, MARK_GAP)) return;
  journal_start(GAP, now);
  journal_id(id ? id : &nothing);
  journal_u32((u32)reason);
  journal_string(path, text_length(path));
  journal_finish();
}

static void write_directory(const struct id *id, const struct id *parent, const char *path) {
  const char *name = path;
  for (const char *c = path; *c; c++)
    if (*c == '/') name = c + 1;
  journal_start(DIRECTORY, now);
  journal_id(id);
  journal_id(parent);
  journal_string(name, text_length(name));
  journal_string(path, text_length(path));
  journal_finish();
}

/* The directory and those that it lies in, up to the capture's root. */
static void note_directory(const struct directory *directory) {
  static char path[PATH_MAX];
  struct id id = directory->id;
  struct statx file;
  long at = directory->fd, above;
  memcpy(path, directory->path, text_length(directory->path) + 1);
  for (int deep = 0; deep < MOST_DEEP && !mark(&id, NULL, MARK_DIRECTORY); deep++) {
    struct id parent = nothing;
    above = SYS4(NR_openat, at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    if (at != directory->fd) sys_close(at);
    at = above;
    if (above < 0) break;
    if (path[1]) keep_look(above, "", &file, &parent);
    write_directory(&id, &parent, path);
    size_t end = text_length(path);
    while (end > 1 && path[end - 1] != '/') end--;
    path[end > 1 ? end - 1 : 1] = 0;
    if (!parent.inode || spot_region(path) != CAPTURED) break;
    id = parent;
  }
  if (at >= 0 && at != directory->fd) sys_close(at);
}

static void write_name(const struct spot *s) {
  if (mark(&s->directory->id, s->name, MARK_NAMED)) return;
  note_directory(s->directory);
  journal_start(NAME, now);
  journal_id(&s->directory->id);
  journal_id(s->exists && !touch_is_new(&s->id) ? &s->id : &nothing);
  journal_string(s->name, text_length(s->name));
  journal_finish();
}

void touch_name(const struct spot *s) {
  if (s->directory && !touch_is_new(&s->directory->id)) write_name(s);
}

void touch_arrival(const struct spot *s) {
  if (s->directory) write_name(s);
}

/* A name that leads to the file from here, for calls that take no directory. */
static const char *reach(const struct spot *s) {
  static char path[64 + NAME_MAX];
  memcpy(path, "/proc/", 6);
  char *end = target_digits(path + 6, s->directory ? SYS0(NR_getpid) : s->thread);
  *end++ = '/';
  if (!s->directory) {
    memcpy(end, s->link, text_length(s->link) + 1);
    return path;
  }
  memcpy(end, "fd/", 3);
  end = target_digits(end + 3, s->directory->fd);
  *end++ = '/';
  memcpy(end, s->name, text_length(s->name) + 1);
  return path;
}

/* The names of all attributes into `names`; their bytes. Through a magic link the file itself is meant. */
static long attribute_names(const struct spot *s, const char *path, char *names, size_t size) {
  long n = SYS3(s->directory ? NR_llistxattr : NR_listxattr, path, names, size);
  if (n == -ERANGE || n == -E2BIG) touch_gap(NULL, GAP_OTHER, s->path);
  return n < 0 ? 0 : n;
}

static u32 write_attributes(const struct spot *s, const char *path, const char *names, long size) {
  u32 count = 0;
  for (const char *name = names; name < names + size; name += text_length(name) + 1) {
    long n = SYS4(s->directory ? NR_lgetxattr : NR_getxattr, path, name, NULL, 0);
    if (n < 0) continue;
    journal_string(name, text_length(name));
    journal_u32((u32)n);
    char *room = journal_room((size_t)n);
    if (room && n) SYS4(s->directory ? NR_lgetxattr : NR_getxattr, path, name, room, n);
    if (room) journal_filled((size_t)n);
    count++;
  }
  return count;
}

void touch_file(const struct spot *s) {
  static char names[XATTR_SIZE_MAX];
  const struct statx *file = &s->file;
  if (touch_is_new(&s->id) || mark(&s->id, NULL, MARK_META)) return;
  const char *path = reach(s);
  long size = attribute_names(s, path, names, sizeof names);
  journal_start(META, now);
  journal_id(&s->id);
  journal_u32(file->mode);
  journal_u32(file->uid);
  journal_u32(file->gid);
  journal_u32(file->nlink);
  journal_u64((u64)file->rdev_major << 32 | file->rdev_minor);
  journal_u64(file->size);
  journal_u64((u64)file->modified.seconds * 1000000000ULL + file->modified.nanoseconds);
  size_t count = journal_here();
  journal_u32(0);
  journal_set_u32(count, write_attributes(s, path, names, size));
  journal_finish();
}

static void start_content(const struct spot *s, enum content kind) {
  journal_start(CONTENT, now);
  journal_id(&s->id);
  journal_u64((u64)kind);
}

static long open_for_reading(const struct spot *s) {
  if (!s->directory) return target_reopen(s->thread, s->link);
  return SYS4(NR_openat, s->directory->fd, s->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
}

/* Only what the descriptor says is true of the bytes behind it. */
static void copy(const struct spot *s) {
  struct statx file;
  struct id id;
  u64 offset, length;
  long fd = open_for_reading(s), error = fd < 0 ? fd : keep_look(fd, "", &file, &id);
  u32 reason = error == -EACCES || error == -EPERM ? GAP_UNREADABLE : GAP_OTHER;
  if (error == 0 && id.inode == s->id.inode && id.device == s->id.device) reason = keep_copy(fd, file.size, &offset, &length);
  if (fd >= 0) sys_close(fd);
  if (reason) {
    touch_gap(&s->id, reason, s->path);
    return;
  }
  mark(&s->id, NULL, MARK_COPIED);
  start_content(s, CONTENT_PACK);
  journal_u64(offset);
  journal_u64(length);
  journal_finish();
}

void touch_content(const struct spot *s) {
  if ((s->file.mode & S_IFMT) != S_IFREG || touch_is_new(&s->id)) return;
  if (marks_of(&s->id) & (MARK_COPIED | MARK_GAP)) return;
  touch_file(s);
  copy(s);
}

static void keep_symlink(const struct spot *s) {
  static char to[PATH_MAX];
  long n = SYS4(NR_readlinkat, s->directory->fd, s->name, to, sizeof to);
  if (n < 0) {
    touch_gap(&s->id, GAP_OTHER, s->path);
    return;
  }
  mark(&s->id, NULL, MARK_COPIED);
  start_content(s, CONTENT_SYMLINK);
  journal_string(to, (size_t)n);
  journal_finish();
}

/* Bytes that have a second name elsewhere cost nothing, but the disk stays as full as it is. */
static void keep_name(const struct spot *s) {
  u64 number;
  long error = keep_has_room(s->file.size) ? keep_link(s->directory->fd, s->name, &s->id, &number) : -ENOSPC;
  if (error == 0) {
    mark(&s->id, NULL, MARK_LINKED);
    start_content(s, CONTENT_LINK);
    journal_u64(number);
    journal_finish();
    return;
  }
  u16 type = s->file.mode & S_IFMT;
  if (error == -ENOSPC || error == -ESTALE) touch_gap(&s->id, error == -ENOSPC ? GAP_NO_SPACE : GAP_OTHER, s->path);
  else if (type == S_IFREG) copy(s);
  else if (type == S_IFLNK) keep_symlink(s);
  else if (type == S_IFSOCK) touch_gap(&s->id, GAP_KIND, s->path);
}

void touch_removed(const struct spot *s) {
  u16 type = s->file.mode & S_IFMT;
  if (!s->directory || touch_is_new(&s->id)) return;
  touch_file(s);
  if (type == S_IFDIR || marks_of(&s->id) & (MARK_COPIED | MARK_LINKED | MARK_GAP)) return;
  /* Of one that has other names it matters which file it is. */
  if (type == S_IFLNK && s->file.nlink == 1) keep_symlink(s);
  else keep_name(s);
}
