#include "ns.h"

#include "absent.h"
#include "cover.h"
#include "fail.h"
#include "gate.h"
#include "mounts.h"
#include "standard.h"
#include "sys.h"
#include "text.h"
#include "tree.h"

static int write_file(const char *path, const char *content) {
  long fd = sys_open(path, O_WRONLY, 0);
  if (fd < 0) return (int)fd;
  long n = sys_write(fd, content, text_length(content));
  sys_close(fd);
  return n < 0 ? (int)n : 0;
}

static int write_process_file(long pid, const char *name, const char *content) {
  struct text path;
  text_start(&path, "/proc/");
  text_add_number(&path, pid);
  text_add(&path, name);
  return write_file(path.bytes, content);
}

/* Maps one id onto itself: what every user may do. */
static void map_one(long pid, const char *file, long id) {
  struct text line;
  text_start(&line, "");
  text_add_number(&line, id);
  text_add(&line, " ");
  text_add_number(&line, id);
  text_add(&line, " 1\n");
  must(write_process_file(pid, file, line.bytes), "the ids of the user namespace cannot be set", file);
}

/* Root keeps all ids, so that it can unpack archives and work on files of others; but for the owner of the cover. Inside
 * another namespace it may not have them all: then it keeps its own. */
void ns_map_ids(long pid) {
  struct text all;
  text_start(&all, "0 0 ");
  text_add_number(&all, COVER_OWNER);
  text_add(&all, "\n");
  int root = SYS0(NR_geteuid) == 0;
  if (root && write_process_file(pid, "/uid_map", all.bytes) == 0) {
    must(write_process_file(pid, "/gid_map", all.bytes), "the ids of the user namespace cannot be set", "/gid_map");
    return;
  }
  must(write_process_file(pid, "/setgroups", "deny"), "the user namespace cannot be set up", "/proc/PID/setgroups");
  map_one(pid, "/uid_map", SYS0(NR_geteuid));
  map_one(pid, "/gid_map", SYS0(NR_getegid));
}

void ns_raise_loopback(void) {
  struct ifreq request = {.name = "lo", .flags = IFF_UP};
  long fd = must(SYS3(NR_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "no socket for the loopback interface", NULL);
  must(SYS3(NR_ioctl, fd, SIOCSIFFLAGS, &request), "the loopback interface cannot be switched on", NULL);
  sys_close(fd);
}

static void become_first_process(const struct policy *p, const long *ready) {
  char byte;
  tree_follow(SIGKILL, 0);
  sys_close(ready[1]);
  /* Without a byte the launcher is gone, or it has said what went wrong. */
  if (sys_read(ready[0], &byte, 1) != 1) sys_exit(EXIT_SETUP);
  sys_close(ready[0]);
  if (p->net != NET_FULL) ns_raise_loopback();
  if (p->net == NET_HOSTS) gate_open(p);
  mounts_apply(p);
  standard_reopen();
  sys_prctl(PR_SET_DUMPABLE, 0);
}

long ns_fork(struct policy *p) {
  int pipe[2];
  unsigned long flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWPID;
  if (p->net != NET_FULL) flags |= CLONE_NEWNET;
  fail_clean_up = absent_release;
  absent_hold(p);
  cover_make();
  must(SYS2(NR_pipe2, pipe, O_CLOEXEC), "no pipe can be made", NULL);
  const long ready[2] = {pipe[0], pipe[1]};
  long pid = must(sys_fork(flags), "namespaces cannot be made", NULL);
  if (pid == 0) {
    fail_clean_up = NULL;
    absent_forget();
    become_first_process(p, ready);
    return 0;
  }
  sys_close(ready[0]);
  ns_map_ids(pid);
  sys_write(ready[1], "", 1);
  sys_close(ready[1]);
  sys_prctl(PR_SET_DUMPABLE, 0);
  return pid;
}

void ns_clean_up(void) { absent_release(); }
