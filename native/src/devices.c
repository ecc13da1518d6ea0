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

/* The terminal that the command is started on, of the machine's /dev/pts; 0 when there is none. */
static int own_terminal(char *path, size_t size) {
  static const char *const links[] = {"/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"};
  for (int i = 0; i < 3; i++) {
    long n = SYS4(NR_readlinkat, AT_FDCWD, links[i], path, size - 1);
    if (n <= 0) continue;
    path[n] = 0;
    if (text_after(path, "/dev/pts/")) return 1;
  }
  return 0;
}

void devices_take(void) {
  char terminal[64];
  struct stat st;
  for (int i = 0; i < CONSOLE; i++)
    if (sys_stat(nodes[i].path, &st, AT_SYMLINK_NOFOLLOW) == 0) nodes[i].tree = bind_take(nodes[i].path);
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
    sys_close(must(sys_open(nodes[i].path, O_WRONLY | O_CREAT | O_EXCL, 0644), "a device cannot be shown", nodes[i].path));
    /* What is written goes to the device all the same, but its mode, owner and times stay. */
    struct mount_attr attr = {.set = MOUNT_ATTR_RDONLY};
    must(SYS5(NR_mount_setattr, nodes[i].tree, "", AT_EMPTY_PATH, &attr, sizeof attr), "a device cannot be made read-only", nodes[i].path);
    bind_put(nodes[i].tree, nodes[i].path);
  }
  directory("/dev/pts", 0755);
  mount_at("devpts", "/dev/pts", 0, "newinstance,ptmxmode=0666,mode=0620");
  directory("/dev/shm", 01777);
  link_to("pts/ptmx", "/dev/ptmx");
  link_to("/proc/self/fd", "/dev/fd");
  link_to("/proc/self/fd/0", "/dev/stdin");
  link_to("/proc/self/fd/1", "/dev/stdout");
  link_to("/proc/self/fd/2", "/dev/stderr");
  struct mount_attr attr = {.set = MOUNT_ATTR_RDONLY};
  must(SYS5(NR_mount_setattr, AT_FDCWD, "/dev", 0, &attr, sizeof attr), "/dev cannot be made read-only", NULL);
  mount_at("tmpfs", "/dev/shm", MS_NODEV, "mode=1777");
}
