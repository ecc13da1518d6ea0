#include "attack.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static int cut(char **argv) { return outcome(truncate(argv[0], 0)); }
static int open_and_cut(char **argv) { return outcome(open(argv[0], O_RDONLY | O_TRUNC)); }
static int open_created(char **argv) { return outcome(creat(argv[0], 0600)); }

static int open_by_openat2(char **argv) {
  struct { uint64_t flags, mode, resolve; } how = {O_WRONLY | O_TRUNC, 0, 0};
  return outcome(syscall(437, AT_FDCWD, argv[0], &how, sizeof how));
}

static int exchange(char **argv) { return outcome(syscall(SYS_renameat2, AT_FDCWD, argv[0], AT_FDCWD, argv[1], 2)); }

/* A file handle reaches a file without walking the path to it. */
static int by_handle(char **argv) {
  struct { struct file_handle head; char bytes[MAX_HANDLE_SZ]; } handle;
  int mount;
  memset(&handle, 0, sizeof handle);
  handle.head.handle_bytes = MAX_HANDLE_SZ;
  if (name_to_handle_at(AT_FDCWD, argv[0], &handle.head, &mount, 0) < 0) return errno;
  int root = open("/", O_RDONLY);
  int fd = open_by_handle_at(root, &handle.head, O_WRONLY | O_TRUNC);
  return outcome(fd);
}

/* A root directory below the working directory lets ".." walk out of everything. */
static int leave_chroot(char **argv) {
  mkdir("jail", 0700);
  if (chroot("jail") < 0) return errno;
  for (int i = 0; i < 64; i++)
    if (chdir("..") < 0) return errno;
  return outcome(creat(argv[0] + 1, 0600));
}

static int disk_node(char **argv) {
  (void)argv;
  struct stat root;
  if (stat("/", &root) < 0 || mknod("disk", S_IFBLK | 0600, root.st_dev) < 0) return errno;
  char sector[512];
  int fd = open("disk", O_RDONLY);
  return outcome(fd < 0 ? -1 : read(fd, sector, sizeof sector));
}

static int socket_file(char **argv) { return outcome(mknod(argv[0], S_IFSOCK | 0600, 0)); }

const struct attack file_attacks[] = {
    {"truncate", cut},       {"open-trunc", open_and_cut}, {"creat", open_created}, {"openat2", open_by_openat2},
    {"exchange", exchange},  {"handle", by_handle},   {"chroot", leave_chroot},
    {"disk-node", disk_node}, {"socket-file", socket_file}, {NULL, NULL},
};
