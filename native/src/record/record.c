#include "record.h"

#include "../supervisor/target.h"
#include "../sys.h"
#include "../text.h"
#include "calls.h"
#include "keep.h"
#include "leave.h"
#include "held.h"
#include "touch.h"

static const struct policy *policy;
static int recording;
/* Counted up by moat while the command runs on: a new turn, for which everything is unseen. */
static const volatile u64 *epoch;
static u64 current, empty; /* how large a journal is that says nothing */
/* What a call names, and what it was made from. */
static struct spot place, source;
static char path[PATH_MAX], from[PATH_MAX];

static long map_epoch(long at) {
  long fd = SYS4(NR_openat, at, "epoch", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return fd;
  struct stat file;
  long error = sys_fstat(fd, &file);
  if (error == 0 && file.size < (s64)sizeof *epoch) error = SYS2(NR_ftruncate, fd, sizeof *epoch);
  if (error == 0) error = SYS6(NR_mmap, NULL, sizeof *epoch, PROT_READ, MAP_SHARED, fd, 0);
  sys_close(fd);
  if (error < 0 && error > -PAGE_SIZE) return error;
  epoch = (const volatile u64 *)error;
  return 0;
}

static void begin_epoch(void) {
  current = *epoch;
  touch_begin((u32)current);
}

long record_begin(const struct policy *p) {
  policy = p;
  long at = sys_open(p->capture, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
  if (at < 0) return at;
  long error = journal_open(at);
  if (error >= 0) error = keep_open(p, at);
  if (error >= 0) error = map_epoch(at);
  sys_close(at);
  if (error < 0) return error;
  spot_prepare(p);
  begin_epoch();
  journal_write();
  empty = journal_size();
  recording = 1;
  return journal_whole() ? 0 : -EFBIG;
}

/* 1: a place was found. Else nothing is done, because the call fails as well, or what it does is named as missing. */
static int understood(long error, const struct request *r, int argument) {
  static char text[PATH_MAX];
  if (error == 0) return 1;
  if (error == -EPERM) touch_gap(NULL, GAP_CALLER, "");
  if (error != -ESTALE && error != -ELOOP && error != -EACCES) return 0;
  if (target_string(r->thread, r->argument[argument], text, sizeof text) < 0) return 0;
  if (error == -EACCES && *text == '/' && spot_region(text) != CAPTURED) return 0;
  touch_gap(NULL, error == -EACCES ? GAP_UNREADABLE : GAP_PATH, text);
  return 0;
}

static int find(struct spot *to, char *buffer, const struct request *r, int directory, int argument, int follow) {
  s32 fd = directory == NONE ? AT_FDCWD : (s32)r->argument[directory];
  long error = target_string(r->thread, r->argument[argument], buffer, PATH_MAX);
  if (error < 0) return error == -EPERM ? understood(error, r, argument) : 0;
  error = spot_find(to, r->thread, fd, buffer, follow);
  return understood(error == -EPERM ? -EBUSY : error, r, argument);
}

static void on_make(const struct spot *s) {
  if (!s->exists && spot_region(s->path) == CAPTURED) touch_name(s);
}

/* A file elsewhere may be one whose second name we keep. */
static void on_write(const struct spot *s) {
  int captured = spot_region(s->path) == CAPTURED;
  if (!s->exists || touch_is_new(&s->id) || (!captured && !touch_is_exposed(&s->id))) return;
  if (captured && (s->file.mode & S_IFMT) == S_IFREG) touch_name(s);
  touch_content(s);
}

static void on_metadata(const struct spot *s) {
  if (!s->exists || touch_is_new(&s->id) || spot_region(s->path) != CAPTURED) return;
  touch_name(s);
  touch_file(s);
}

static void on_remove(const struct spot *s) {
  enum region region = spot_region(s->path);
  if (s->exists && region == GIT_ITSELF) touch_gap(&s->id, GAP_GIT, s->path);
  if (!s->exists || region != CAPTURED) return;
  touch_name(s);
  touch_removed(s);
}

static void on_rename(const struct spot *old, const struct spot *new, u64 flags) {
  enum region before = spot_region(old->path), after = spot_region(new->path);
  int exchanged = (flags & RENAME_EXCHANGE) != 0;
  if (!old->exists || (flags & RENAME_NOREPLACE && new->exists) || (exchanged && !new->exists)) return;
  if (new->exists && old->id.inode == new->id.inode && old->id.device == new->id.device) return;
  if (before == GIT_ITSELF) touch_gap(&old->id, GAP_GIT, old->path);
  if (after == GIT_ITSELF && new->exists) touch_gap(&new->id, GAP_GIT, new->path);
  if (before == CAPTURED) {
    touch_name(old);
    if (after != CAPTURED) leave(old);
  }
  if (after != CAPTURED) return;
  if (touch_is_new(&old->id)) touch_name(new);
  else touch_arrival(new);
  if (new->exists && !exchanged) touch_removed(new);
  if (exchanged && before != CAPTURED) leave(new);
}

/* Through a name where nothing is recorded the file could be written unseen. */
static void on_link(const struct spot *file, const struct spot *name) {
  if (name->exists) return;
  if (spot_region(name->path) == CAPTURED) touch_name(name);
  else if (file->exists && spot_region(file->path) == CAPTURED) on_write(file);
}

static void on_open(const struct request *r, const struct name_call *call, u64 flags) {
  const u64 fresh = O_CREAT | O_EXCL;
  int makes = (flags & O_CREAT) != 0, alone = (flags & fresh) == fresh;
  int writes = flags & O_TRUNC || flags & O_ACCMODE;
  if (flags & (O_PATH | O_TMPFILE_BIT) || (!makes && !writes)) return;
  if (!find(&place, path, r, call->directory, call->path, !alone && !(flags & O_NOFOLLOW))) return;
  if (!place.exists && makes) on_make(&place);
  if (place.exists && writes && !alone) on_write(&place);
}

static void on_two(const struct request *r, const struct name_call *call) {
  u64 flags = call->flags == NONE ? 0 : r->argument[call->flags];
  if (!find(&place, path, r, call->directory, call->path, 0)) return;
  if (call->effect == RENAMES) {
    if (find(&source, from, r, call->from_directory, call->from_path, 0)) on_rename(&source, &place, flags);
    return;
  }
  source.exists = 0;
  /* The other name only matters where this one is not recorded. */
  if (spot_region(place.path) != CAPTURED) {
    s32 fd = call->from_directory == NONE ? AT_FDCWD : (s32)r->argument[call->from_directory];
    if (flags & AT_EMPTY_PATH) source.exists = spot_of_descriptor(&source, r->thread, fd) == 0;
    if (!source.exists) find(&source, from, r, call->from_directory, call->from_path, (flags & AT_SYMLINK_FOLLOW) != 0);
  }
  on_link(&source, &place);
}

/* Most descriptors that get a mode or an owner are of new files: unpacking and copying do nothing else. */
static void on_descriptor(const struct request *r, s32 fd) {
  struct id id;
  if (fd != AT_FDCWD && spot_identify(r->thread, fd, &id) < 0) return;
  if (fd != AT_FDCWD && touch_is_new(&id)) return;
  if (spot_of_descriptor(&place, r->thread, fd) == 0) on_metadata(&place);
}

/* An empty path means the descriptor itself. */
static int is_empty(const struct request *r, s8 argument) {
  char byte = 0;
  return !r->argument[argument] || (target_read(r->thread, r->argument[argument], &byte, 1) == 0 && !byte);
}

static void on_metadata_call(const struct request *r, s8 directory, s8 argument, u64 flags, int keeps_links) {
  if (argument == NONE || (flags & AT_EMPTY_PATH && is_empty(r, argument))) {
    on_descriptor(r, directory == NONE ? AT_FDCWD : (s32)r->argument[directory]);
    return;
  }
  if (find(&place, path, r, directory, argument, !keeps_links && !(flags & AT_SYMLINK_NOFOLLOW))) on_metadata(&place);
}

static void on_name_call(const struct request *r, const struct name_call *call) {
  u64 flags = call->flags == NONE ? 0 : r->argument[call->flags];
  switch (call->effect) {
    case OPENS_HOW:
      if (target_read(r->thread, flags, &flags, sizeof flags) < 0) return;
      on_open(r, call, flags);
      return;
    case OPENS:
      on_open(r, call, flags);
      return;
    case CREATES:
      on_open(r, call, O_CREAT | O_WRONLY | O_TRUNC);
      return;
    case CUTS:
      if (find(&place, path, r, call->directory, call->path, 1)) on_write(&place);
      return;
    case MAKES:
      if (find(&place, path, r, call->directory, call->path, 0)) on_make(&place);
      return;
    case REMOVES:
      if (find(&place, path, r, call->directory, call->path, 0)) on_remove(&place);
      return;
    case SETS:
      on_metadata_call(r, call->directory, call->path, flags, 0);
      return;
    case UNSEEN:
      touch_gap(NULL, GAP_CALLER, "io_uring");
      return;
    default:
      on_two(r, call);
  }
}

int record_has(int number) {
  for (int i = 0; i < name_call_count; i++)
    if (name_calls[i].number == number) return 1;
  return 0;
}

static void on_call(const struct request *r) {
  for (int i = 0; i < name_call_count; i++) {
    if (name_calls[i].number != r->number) continue;
    on_name_call(r, &name_calls[i]);
    return;
  }
  for (int i = 0; i < file_call_count; i++) {
    const struct file_call *call = &file_calls[i];
    if (call->number != r->number || call->change > REMOVE_ATTRIBUTE) continue;
    on_metadata_call(r, call->directory, call->path, call->flags == NONE ? 0 : r->argument[call->flags], call->keeps_links);
    return;
  }
}

/* Opened for writing in an earlier epoch, and so to be written in this one without any call that is seen. */
static void on_held(long process, s32 fd) {
  if (spot_of_descriptor(&place, process, fd) == 0) on_write(&place);
}

void record_call(const struct request *r, long readable) {
  if (!recording) return;
  if (*epoch != current) {
    begin_epoch();
    held_each(on_held);
  } else {
    touch_tick();
  }
  if (readable < 0 || r->thread <= 0) touch_gap(NULL, GAP_CALLER, "");
  else on_call(r);
  journal_write();
}

void record_drop(void) { recording = 0; }

void record_end(void) {
  if (!recording) return;
  recording = 0;
  journal_start(END, journal_clock());
  journal_u32(journal_whole() ? END_WHOLE : 0);
  journal_finish();
  int said = journal_size() > empty;
  journal_write();
  if (!said) return;
  keep_sync();
  journal_sync();
}

void record_open_rule(struct filter *f, int flags) {
  filter_load(f, flags);
  filter_emit(f, BPF_JUMP_SET, 1, 0, O_PATH);
  filter_emit(f, BPF_JUMP_SET, 1, 0, O_ACCMODE | O_CREAT | O_TRUNC);
  filter_answer(f, 0);
  filter_ask(f);
}

static int is_ruled(const struct name_call *call, const struct policy *p, int cut_short) {
  switch (call->effect) {
    case OPENS:
      return 0;
    case OPENS_HOW:
    case CUTS:
      return !cut_short;
    case SETS:
      return p->tier != TIER_LANDLOCK;
    case UNSEEN:
      return p->tier == TIER_NONE;
    default:
      return 1;
  }
}

void record_rules(struct filter *f, const struct policy *p, int supervised, int cut_short) {
  for (int i = 0; i < name_call_count; i++) {
    if (name_calls[i].number < 0 || !is_ruled(&name_calls[i], p, cut_short)) continue;
    filter_rule(f, name_calls[i].number);
    filter_ask(f);
  }
  for (int i = 0; !supervised && i < file_call_count; i++) {
    if (file_calls[i].number < 0 || file_calls[i].change > REMOVE_ATTRIBUTE) continue;
    filter_rule(f, file_calls[i].number);
    filter_ask(f);
  }
}
