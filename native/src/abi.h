/* The parts of the kernel's ABI that the launcher uses, written down here because the headers of current
 * distributions lack some of them (Debian 12's landlock.h ends at ABI 2). Source: include/uapi/linux. */
#ifndef MOAT_ABI_H
#define MOAT_ABI_H

#include "numbers.h"

typedef unsigned char u8;
typedef signed char s8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef short s16;
typedef int s32;
typedef long long s64;
typedef unsigned long size_t;
#define LONG_MAX 0x7fffffffffffffffL

/* errno */
enum {
  EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, E2BIG = 7, ENOEXEC = 8, EBADF = 9, ECHILD = 10, EAGAIN = 11, ENOMEM = 12,
  EACCES = 13, EFAULT = 14, EBUSY = 16, EEXIST = 17, EXDEV = 18, ENOTDIR = 20, EINVAL = 22, EMFILE = 24, EFBIG = 27, ENOSPC = 28, EROFS = 30,
  ERANGE = 34, ENAMETOOLONG = 36, ENOSYS = 38, ELOOP = 40, ENOTSOCK = 88, EPROTONOSUPPORT = 93, EOPNOTSUPP = 95, EAFNOSUPPORT = 97, EADDRNOTAVAIL = 99, ENETUNREACH = 101, ECONNRESET = 104, EINPROGRESS = 115, ESTALE = 116, EDQUOT = 122,
};

/* fcntl.h; O_DIRECTORY and O_NOFOLLOW differ between the two architectures */
#define O_RDONLY 0
#define O_WRONLY 1
#define O_RDWR 2
#define O_ACCMODE 3
#define O_CREAT 0100
#define O_EXCL 0200
#define O_NOCTTY 0400
#define O_TRUNC 01000
#define O_APPEND 02000
#define O_NONBLOCK 04000
#define O_CLOEXEC 02000000
#define O_PATH 010000000
#define O_TMPFILE_BIT 020000000
#if defined(__x86_64__)
#define O_DIRECTORY 0200000
#define O_NOFOLLOW 0400000
#else
#define O_DIRECTORY 040000
#define O_NOFOLLOW 0100000
#endif
#define AT_FDCWD (-100)
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_SYMLINK_FOLLOW 0x400
#define AT_EMPTY_PATH 0x1000
#define AT_REMOVEDIR 0x200
#define AT_RECURSIVE 0x8000
#define LOCK_SH 1
#define LOCK_EX 2
#define LOCK_NB 4
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE 2
#define UTIME_OMIT 0x3ffffffe
#define F_RDLCK 0
#define F_SETSIG 10
#define F_SETLEASE 1024
#define F_GETFD 1
#define F_DUPFD_CLOEXEC 1030
#define F_SETFD 2
#define F_GETFL 3
#define FD_CLOEXEC 1

#define S_IFMT 0170000
#define S_IFDIR 0040000
#define S_IFCHR 0020000
#define S_IFREG 0100000
#define S_IFLNK 0120000
#define S_IFSOCK 0140000

struct stat {
#if defined(__x86_64__)
  u64 dev, ino, nlink;
  u32 mode, uid, gid, pad0;
  u64 rdev;
  s64 size, blksize, blocks;
  u64 times[6];
  s64 unused[3];
#else
  u64 dev, ino;
  u32 mode, nlink, uid, gid;
  u64 rdev, pad1;
  s64 size;
  s32 blksize, pad2;
  s64 blocks;
  u64 times[6];
  u32 unused[2];
#endif
};

/* statfs.h, magic.h */
struct statfs { u64 type, block_size, blocks[3], files[2]; s32 id[2]; u64 name_size, fragment_size, flags, spare[4]; };
#define ST_RDONLY 1
#define PIPEFS_MAGIC 0x50495045U
#define SOCKFS_MAGIC 0x534f434bU
#define TMPFS_MAGIC 0x01021994U

#define DT_UNKNOWN 0
#define DT_DIR 4
#define DT_LNK 10
#define DT_SOCK 12
struct dirent64 {
  u64 ino;
  s64 off;
  u16 reclen;
  u8 type;
  char name[];
};

/* openat2.h */
#define RESOLVE_NO_MAGICLINKS 2
#define RESOLVE_NO_SYMLINKS 4
struct open_how { u64 flags, mode, resolve; };

/* mount.h */
#define MS_RDONLY 1UL
#define MS_NOSUID 2UL
#define MS_NODEV 4UL
#define MS_NOEXEC 8UL
#define MS_REC 0x4000UL
#define MS_PRIVATE (1UL << 18)
#define MNT_DETACH 2
#define OPEN_TREE_CLONE 1
#define MOVE_MOUNT_F_EMPTY_PATH 4
#define MOVE_MOUNT_T_EMPTY_PATH 0x40
#define FSOPEN_CLOEXEC 1
#define FSCONFIG_SET_STRING 1
#define FSCONFIG_CMD_CREATE 6
#define FSMOUNT_CLOEXEC 1
#define MOUNT_ATTR_RDONLY 1
#define MOUNT_ATTR_NOSUID 2
struct mount_attr { u64 set, clear, propagation, userns_fd; };

/* sched.h */
#define CLONE_FILES 0x00000400UL
#define CLONE_NEWTIME 0x00000080UL
#define CLONE_NEWNS 0x00020000UL
#define CLONE_NEWCGROUP 0x02000000UL
#define CLONE_NEWUTS 0x04000000UL
#define CLONE_NEWIPC 0x08000000UL
#define CLONE_NEWUSER 0x10000000UL
#define CLONE_NEWPID 0x20000000UL
#define CLONE_NEWNET 0x40000000UL

/* signal.h */
enum {
  SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGKILL = 9, SIGUSR1 = 10, SIGUSR2 = 12, SIGPIPE = 13, SIGTERM = 15, SIGCHLD = 17,
  SIGCONT = 18, SIGTSTP = 20, SIGTTIN = 21, SIGTTOU = 22, SIGXFSZ = 25, SIGWINCH = 28, SIGPWR = 30,
};
#define SIG_BLOCK 0
#define SIG_SETMASK 2
#define WNOHANG 1
#define SFD_CLOEXEC O_CLOEXEC

/* prctl.h */
#define PR_SET_PDEATHSIG 1
#define PR_SET_DUMPABLE 4
#define PR_SET_NAME 15
#define PR_CAPBSET_DROP 24
#define PR_SET_CHILD_SUBREAPER 36
#define PR_SET_NO_NEW_PRIVS 38
#define PR_GET_NO_NEW_PRIVS 39
#define PR_CAP_AMBIENT 47
#define PR_CAP_AMBIENT_CLEAR_ALL 4

/* capability.h: those that root keeps (see privileges.c) */
enum { CAP_CHOWN = 0, CAP_DAC_OVERRIDE = 1, CAP_FOWNER = 3, CAP_FSETID = 4, CAP_KILL = 5, CAP_SETGID = 6, CAP_SETUID = 7, CAP_NET_BIND_SERVICE = 10, CAP_SYS_PTRACE = 19, CAP_SYS_ADMIN = 21, CAP_LAST = 40 };
#define CAPABILITY_VERSION_3 0x20080522
struct cap_header { u32 version; s32 pid; };
struct cap_data { u32 effective, permitted, inheritable; };

/* resource.h */
#define RLIMIT_DATA 2
#define RLIMIT_CORE 4
#define RLIMIT_NPROC 6
#define RLIMIT_NOFILE 7
struct rlimit64 { u64 cur, max; };
#define RUSAGE_CHILDREN (-1)
struct timeval { s64 seconds, microseconds; };
/* The last ones are counts that nobody asks for here. */
struct rusage {
  struct timeval user, system;
  s64 maxrss, others[13];
};

/* landlock.h */
#define LANDLOCK_CREATE_RULESET_VERSION 1
#define LANDLOCK_RULE_PATH_BENEATH 1
#define FS_EXECUTE (1ULL << 0)
#define FS_WRITE_FILE (1ULL << 1)
#define FS_READ_FILE (1ULL << 2)
#define FS_READ_DIR (1ULL << 3)
#define FS_REMOVE_DIR (1ULL << 4)
#define FS_REMOVE_FILE (1ULL << 5)
#define FS_MAKE_CHAR (1ULL << 6)
#define FS_MAKE_DIR (1ULL << 7)
#define FS_MAKE_REG (1ULL << 8)
#define FS_MAKE_SOCK (1ULL << 9)
#define FS_MAKE_FIFO (1ULL << 10)
#define FS_MAKE_BLOCK (1ULL << 11)
#define FS_MAKE_SYM (1ULL << 12)
#define FS_REFER (1ULL << 13)     /* ABI 2 */
#define FS_TRUNCATE (1ULL << 14)  /* ABI 3 */
#define FS_IOCTL_DEV (1ULL << 15) /* ABI 5 */
#define NET_BIND_TCP (1ULL << 0)  /* ABI 4 */
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0) /* ABI 6 */
#define SCOPE_SIGNAL (1ULL << 1)
struct landlock_ruleset_attr { u64 fs, net, scoped; };
struct landlock_path_beneath_attr { u64 allowed; s32 parent_fd; } __attribute__((packed));

/* seccomp.h, filter.h, audit.h */
#define SECCOMP_SET_MODE_FILTER 1
#define SECCOMP_FILTER_FLAG_NEW_LISTENER (1U << 3)
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1U << 5)
#define SECCOMP_RET_KILL_PROCESS 0x80000000U
#define SECCOMP_RET_USER_NOTIF 0x7fc00000U
#define SECCOMP_RET_ERRNO 0x00050000U
#define SECCOMP_RET_ALLOW 0x7fff0000U
#define BPF_LOAD_WORD 0x20 /* BPF_LD | BPF_W | BPF_ABS */
#define BPF_JUMP 0x05
#define BPF_JUMP_EQ 0x15   /* BPF_JMP | BPF_JEQ | BPF_K */
#define BPF_JUMP_GT 0x25
#define BPF_JUMP_GE 0x35
#define BPF_JUMP_SET 0x45
#define BPF_AND 0x54 /* BPF_ALU | BPF_AND | BPF_K */
#define BPF_RETURN 0x06
struct sock_filter { u16 code; u8 jt, jf; u32 k; };
struct sock_fprog { u16 len; struct sock_filter *filter; };
#if defined(__x86_64__)
#define AUDIT_ARCH_HERE 0xc000003eU
#define X32_BIT 0x40000000U
#else
#define AUDIT_ARCH_HERE 0xc00000b7U
#endif

/* socket.h, ioctls.h */
enum { AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10, AF_NETLINK = 16 };
enum { IPPROTO_ICMP = 1, IPPROTO_TCP = 6, IPPROTO_UDP = 17, IPPROTO_ICMPV6 = 58 };
#define SOCK_DGRAM 2
#define SOCK_RAW 3 /* of unix sockets another word for SOCK_DGRAM */
#define SOCK_TYPE_MASK 0xf
#define SOCK_CLOEXEC 02000000
#define SIOCSIFFLAGS 0x8914
#define IFF_UP 1
struct ifreq { char name[16]; short flags; char rest[22]; };
#define TIOCSTI 0x5412
#define TIOCLINUX 0x541C

/* poll.h */
#define POLLIN 1
#define POLLHUP 16
struct pollfd { s32 fd; s16 events, revents; };
/* fs.h, fscrypt.h: control calls of file systems. Bits 8 to 15 are the family, the two highest say what is handed over. */
#define IOC_FAMILY 0xff00U
#define IOC_READ 0x80000000U
#define IOC_WRITE 0x40000000U
#define FS_FAMILY_COMMON 0x6600U     /* 'f' */
#define FS_FAMILY_ATTRIBUTES 0x5800U /* 'X' */
#define FS_FAMILY_VERSION 0x7600U    /* 'v' */
#define FS_FAMILY_FAT 0x7200U        /* 'r' */
#define FS_FAMILY_BTRFS 0x9400U
#define FS_FAMILY_F2FS 0xf500U
#define FS_IOC_FIEMAP 0xc020660bU
#define FS_IOC_SET_ENCRYPTION_POLICY 0x800c6613U
#define FICLONE 0x40049409U
#define FICLONERANGE 0x4020940dU
#define FIDEDUPERANGE 0xc0189436U

struct file_clone_range { s64 fd; u64 from, length, to; };

#define PROT_READ 1
#define PROT_WRITE 2
#define MAP_SHARED 1
#define MAP_PRIVATE 2
#define MAP_ANONYMOUS 0x20

#endif
