#include "devices.h"

#include "bind.h"
#include "fail.h"
#include "sys.h"
#include "text.h"

static struct {
  const char *path;
  long tree;
} nodes[] = {{"/dev/null", -1},   {"/dev/zero", -1},    {"/dev/full", -1}, {"/dev/random", -1},
             {"/dev/urandom", -1}, {"/dev/tty", -1},     {"/dev/console", -1}};
enum { NODES = sizeof nodes / sizeof *nodes, CONSOLE = NODES - 1 };

/* The other ends of pseudoterminals have the majors 136 to 143 (the kernel's admin-guide/devices.txt). */
static int is_pty(long fd) {
  struct stat st;
  return sys_fstat(fd, &st) == 0 && (st.mode & S_IFMT) == S_IFCHR && (st.rdev >> 8 & 0xff8) == 136;
}

/* The terminal that the command is started on, of the machine's /dev/pts; 0 when there is none. */
static int own_terminal(char *path, size_t size) {
  static const char *const links[] = {"/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"};
  for (int i = 0; i < 3; i++) {
    long n = is_pty(i) ? SYS4(NR_readlinkat, AT_FDCWD, links[i], path, size - 1) : 0;
    if (n <= 0) continue;
    path[n] = 0;
    if (text_after(path, "/dev/pts/")) return 1;
  }
  return 0;
}

void devices_take(void) {
  char terminal[64];
  struct stat st;
  for (int i = 0; i < CONSOLE; i++) {
    long tree = SYS3(NR_open_tree, AT_FDCWD, nodes[i].path, OPEN_TREE_CLONE | O_CLOEXEC | AT_SYMLINK_NOFOLLOW | AT_RECURSIVE);
    if (tree != -ENOENT) nodes[i].tree = must(tree, "a device cannot be copied", nodes[i].path);
  }
  /* Under the name where ttyname() looks for a terminal that is not in the new /dev/pts. */
  if (own_terminal(terminal, sizeof terminal) && sys_stat(terminal, &st, 0) == 0) nodes[CONSOLE].tree = bind_take(terminal);
}

static void mount_at(const char *type, const char *path, unsigned long flags, const char *options) {
  must(SYS5(NR_mount, type, path, type, MS_NOSUID | MS_NOEXEC | flags, options), "no private /dev can be mounted", path);
}

static void link_to(const char *target, const char *path) {
  must(SYS3(NR_symlinkat, target, AT_FDCWD, path), "a link in /dev cannot be made", path);
}

static void directory(const char *path, int mode) {
  must(SYS3(NR_mkdirat, AT_FDCWD, path, mode), "a directory in /dev cannot be made", path);
}

void devices_put(void) {
  mount_at("tmpfs", "/dev", 0, "mode=755,size=64k");
  for (int i = 0; i < NODES; i++) {
    if (nodes[i].tree < 0) continue;
    must(SYS4(NR_mknodat, AT_FDCWD, nodes[i].path, S_IFREG | 0644, 0), "a device cannot be shown", nodes[i].path);
    must(SYS5(NR_move_mount, nodes[i].tree, "", AT_FDCWD, nodes[i].path, MOVE_MOUNT_F_EMPTY_PATH), "a device cannot be shown", nodes[i].path);
    sys_close(nodes[i].tree);
  }
  directory("/dev/pts", 0755);
  directory("/dev/shm", 01777);
  link_to("pts/ptmx", "/dev/ptmx");
  link_to("/proc/self/fd", "/dev/fd");
  link_to("/proc/self/fd/0", "/dev/stdin");
  link_to("/proc/self/fd/1", "/dev/stdout");
  link_to("/proc/self/fd/2", "/dev/stderr");
  /* What is written to a device goes there all the same, but its mode, owner and times stay. */
  struct mount_attr attr = {.set = MOUNT_ATTR_RDONLY};
  must(SYS5(NR_mount_setattr, AT_FDCWD, "/dev", AT_RECURSIVE, &attr, sizeof attr), "/dev cannot be made read-only", NULL);
  mount_at("devpts", "/dev/pts", 0, "newinstance,ptmxmode=0666,mode=0620");
  mount_at("tmpfs", "/dev/shm", MS_NODEV, "mode=1777");
}
