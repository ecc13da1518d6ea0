#include "bind.h"

#include "fail.h"
#include "sys.h"

long bind_take(const char *path) {
  long fd = must(sys_open_exact(path), "a path of the policy cannot be opened", path);
  long tree = SYS3(NR_open_tree, fd, "", OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
  sys_close(fd);
  return must(tree, "a mount cannot be copied", path);
}

long bind_put_on(long tree, long at) {
  long error = SYS5(NR_move_mount, tree, "", at, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
  sys_close(tree);
  return error;
}

void bind_put(long tree, const char *path) {
  long at = must(sys_open_exact(path), "a path of the policy cannot be opened", path);
  must(bind_put_on(tree, at), "nothing can be mounted here", path);
  sys_close(at);
}
