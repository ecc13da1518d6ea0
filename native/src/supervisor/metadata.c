#include "metadata.h"

#include "../sys.h"
#include "abi.h"
#include "target.h"

/* What was read last. */
static struct {
  u32 mode, uid, gid;
  int now; /* no times were given */
  struct timespec times[2];
  char name[XATTR_NAME_MAX + 1];
  size_t size;
  int flags;
} wanted;
static char value[XATTR_SIZE_MAX];

/* Two of them, for last access and for last change, where `address` is not NULL. */
static long read_times(long thread, u64 address, enum change change) {
  s64 raw[4] = {0};
  wanted.now = !address;
  if (!address) return 0;
  long error = target_read(thread, address, raw, change == TIMES_UTIMBUF ? 2 * sizeof *raw : sizeof raw);
  if (error < 0) return error;
  for (int i = 0; i < 2; i++) {
    struct timespec *time = &wanted.times[i];
    if (change == TIMES_UTIMBUF) *time = (struct timespec){raw[i], 0};
    else *time = (struct timespec){raw[2 * i], raw[2 * i + 1]};
    if (change != TIMES_TIMEVAL) continue;
    /* Checked here, because behind the multiplication stand values that mean "now" and "leave it". */
    if (time->nanoseconds < 0 || time->nanoseconds >= 1000000) return -EINVAL;
    time->nanoseconds *= 1000;
  }
  return 0;
}

static long read_name(long thread, u64 address) {
  return target_string(thread, address, wanted.name, sizeof wanted.name);
}

static long read_attribute(const struct request *r, int at) {
  long error = read_name(r->thread, r->argument[at]);
  if (error < 0) return error;
  u64 size = r->argument[at + 2];
  if (size > sizeof value) return -E2BIG;
  wanted.size = size;
  wanted.flags = (int)r->argument[at + 3];
  return size ? target_read(r->thread, r->argument[at + 1], value, size) : 0;
}

long metadata_read(const struct request *r, const struct file_call *call) {
  const u64 *argument = r->argument + call->data;
  switch (call->change) {
    case MODE:
      wanted.mode = (u32)argument[0];
      return 0;
    case OWNER:
      wanted.uid = (u32)argument[0];
      wanted.gid = (u32)argument[1];
      return 0;
    case SET_ATTRIBUTE:
      return read_attribute(r, call->data);
    case REMOVE_ATTRIBUTE:
      return read_name(r->thread, argument[0]);
    default:
      return read_times(r->thread, argument[0], call->change);
  }
}

/* The shorter way is there since Linux 6.6. */
static long change_mode(long fd, const char *link) {
  long error = SYS4(NR_fchmodat2, fd, "", wanted.mode, AT_EMPTY_PATH);
  return error == -ENOSYS ? SYS3(NR_fchmodat, AT_FDCWD, link, wanted.mode) : error;
}

/* Some calls take no O_PATH descriptor, but all take the magic link that leads to its file. */
long metadata_apply(enum change change, long fd) {
  char link[64] = "/proc/self/fd/";
  target_digits(link + sizeof "/proc/self/fd/" - 1, fd);
  switch (change) {
    case MODE:
      return change_mode(fd, link);
    case OWNER:
      return SYS5(NR_fchownat, fd, "", wanted.uid, wanted.gid, AT_EMPTY_PATH);
    case SET_ATTRIBUTE:
      return SYS5(NR_setxattr, link, wanted.name, value, wanted.size, wanted.flags);
    case REMOVE_ATTRIBUTE:
      return SYS2(NR_removexattr, link, wanted.name);
    default:
      return SYS4(NR_utimensat, fd, "", wanted.now ? NULL : wanted.times, AT_EMPTY_PATH);
  }
}
