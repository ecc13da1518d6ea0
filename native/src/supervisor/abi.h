/* The parts of the kernel's ABI that only the supervisor uses. Source: include/uapi/linux. */
#ifndef MOAT_SUPERVISOR_ABI_H
#define MOAT_SUPERVISOR_ABI_H

#include "../abi.h"
#include "numbers.h"

#define PATH_MAX 4096
#define PAGE_SIZE 4096 /* the smallest that there is: a step that never leaves a page */

/* seccomp.h */
struct seccomp_data { s32 number; u32 arch; u64 instruction, argument[6]; };
struct seccomp_notif { u64 id; u32 thread, flags; struct seccomp_data data; };
struct seccomp_notif_resp { u64 id; s64 value; s32 error; u32 flags; };
#define SECCOMP_USER_NOTIF_FLAG_CONTINUE 1
#define SECCOMP_IOCTL_NOTIF_RECV 0xc0502100U
#define SECCOMP_IOCTL_NOTIF_SEND 0xc0182101U
#define SECCOMP_IOCTL_NOTIF_ID_VALID 0x40082102U
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS 0x40082104U
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1

/* uio.h, socket.h */
struct iovec { void *base; size_t size; };
struct msghdr { void *name; u32 name_size; struct iovec *parts; size_t part_count; void *control; size_t control_size; s32 flags; };
struct cmsghdr { size_t size; s32 level, type; };
#define SOL_SOCKET 1
#define SCM_RIGHTS 1
#define SOCK_STREAM 1
#define MSG_DONTWAIT 0x40
#define MSG_CMSG_CLOEXEC 0x40000000

/* stat.h */
#define STATX_NLINK 0x4
#define STATX_INO 0x100
#define STATX_BASIC 0x7ff
#define STATX_BTIME 0x800
#define STATX_MNT_ID 0x1000
struct statx {
  u32 mask, block_size;
  u64 attributes;
  u32 nlink, uid, gid;
  u16 mode, pad;
  u64 ino, size, blocks, attributes_mask;
  struct { s64 seconds; u32 nanoseconds; s32 pad; } accessed, born, changed, modified;
  u32 rdev_major, rdev_minor, dev_major, dev_minor;
  u64 mount_id, rest[13];
};
struct timespec { s64 seconds, nanoseconds; };

/* memfd.h */
#define MFD_CLOEXEC 1

/* xattr.h, limits.h */
#define XATTR_NAME_MAX 255
#define XATTR_SIZE_MAX 65536

/* ioprio.h, resource.h */
#define PRIO_PROCESS 0
#define IOPRIO_WHO_PROCESS 1

#endif
