#include "keep.h"

#include "../supervisor/target.h"
#include "../sys.h"

/* Room for files that cannot be cloned to be copied through. */
#define STEP (128 << 10)
/* What a file system clones are its blocks; none has larger ones than this, and below it a copy is the quicker way. */
#define CLONE_ALIGNMENT (64ULL << 10)
/* Never filled: this, or a twentieth of the file system where that is less. */
#define LEFT_FREE (1ULL << 30)
#define FRACTION_LEFT_FREE 20

static const struct policy *policy;
static long pack = -1, links = -1;
static u64 pack_end, copied, next_link;
static u64 unasked; /* bytes that can go before the file system is asked again */
static int cannot_clone;
static u8 step[STEP];

long keep_open(const struct policy *p, long at) {
  policy = p;
  pack = SYS4(NR_openat, at, "pack", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (pack < 0) return pack;
  SYS3(NR_mkdirat, at, "links", 0700);
  links = SYS4(NR_openat, at, "links", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
  return links < 0 ? links : 0;
}

struct id keep_id(const struct statx *file) {
  u64 born = file->mask & STATX_BTIME ? (u64)file->born.seconds * 1000000000ULL + file->born.nanoseconds : 0;
  return (struct id){(u64)file->dev_major << 32 | file->dev_minor, file->ino, born};
}

long keep_look(long directory, const char *name, struct statx *file, struct id *id) {
  int flags = AT_SYMLINK_NOFOLLOW | (*name ? 0 : AT_EMPTY_PATH);
  long error = SYS5(NR_statx, directory, name, flags, STATX_BASIC | STATX_BTIME, file);
  if (error < 0) return error;
  *id = keep_id(file);
  return 0;
}

int keep_has_room(u64 size) {
  struct statfs fs;
  if (size <= unasked) {
    unasked -= size;
    return 1;
  }
  if (SYS2(NR_fstatfs, pack, &fs) < 0) return 0;
  u64 unit = fs.fragment_size ? fs.fragment_size : fs.block_size;
  u64 floor = fs.blocks[0] * unit / FRACTION_LEFT_FREE, available = fs.blocks[2] * unit;
  if (floor > LEFT_FREE) floor = LEFT_FREE;
  if (available < floor || available - floor < size) return 0;
  /* Others write, too: far from the floor it is asked seldom. */
  unasked = (available - floor - size) / 16;
  return 1;
}

static u32 reason_of(long error) {
  if (error == -ENOSPC || error == -EDQUOT || error == -EFBIG) return GAP_NO_SPACE;
  return error == -EACCES || error == -EPERM ? GAP_UNREADABLE : GAP_OTHER;
}

/* 0 when the whole file shares its blocks with the pack. */
static long clone_file(long fd, u64 size) {
  u64 at = (pack_end + CLONE_ALIGNMENT - 1) & ~(CLONE_ALIGNMENT - 1);
  struct file_clone_range range = {fd, 0, 0, at};
  long error = SYS3(NR_ioctl, pack, FICLONERANGE, &range);
  cannot_clone = error == -EOPNOTSUPP;
  if (error == 0) pack_end = at + size;
  return error;
}

static long write_step(const u8 *from, size_t size, u64 at) {
  while (size) {
    long n = SYS4(NR_pwrite64, pack, from, size, at);
    if (n == -EINTR) continue;
    if (n <= 0) return n < 0 ? n : -ENOSPC;
    from += n, at += (u64)n, size -= (size_t)n;
  }
  return 0;
}

/* Up to the end that the file has by then, but not far beyond the one that it had. */
static long copy_file(long fd, u64 size, u64 *length) {
  u64 done = 0;
  while (done <= size) {
    long n = SYS4(NR_pread64, fd, step, STEP, done);
    if (n == -EINTR) continue;
    if (n < 0) return n;
    if (n == 0) break;
    long error = write_step(step, (size_t)n, pack_end + done);
    if (error < 0) return error;
    done += (u64)n;
    if (n < STEP && done >= size) break;
  }
  *length = done;
  return 0;
}

u32 keep_copy(long fd, u64 size, u64 *offset, u64 *length) {
  if (size > policy->capture_cap) return GAP_FILE_CAP;
  if (size > policy->capture_total || copied > policy->capture_total - size) return GAP_TOTAL_CAP;
  if (!keep_has_room(size)) return GAP_NO_SPACE;
  *length = size;
  if (cannot_clone || size < CLONE_ALIGNMENT || clone_file(fd, size) < 0) {
    long error = copy_file(fd, size, length);
    if (error < 0) return reason_of(error);
    pack_end += *length;
  }
  copied += *length;
  *offset = pack_end - *length;
  return 0;
}

long keep_link(long directory, const char *name, const struct id *id, u64 *number) {
  char kept[24];
  struct statx file;
  struct id now;
  target_digits(kept, (long)next_link);
  long error = SYS5(NR_linkat, directory, name, links, kept, 0);
  if (error < 0) return error;
  error = keep_look(links, kept, &file, &now);
  if (error == 0 && now.device == id->device && now.inode == id->inode && now.born == id->born) {
    *number = next_link++;
    return 0;
  }
  SYS3(NR_unlinkat, links, kept, 0);
  return -ESTALE;
}

void keep_sync(void) { SYS1(NR_fdatasync, pack); }
