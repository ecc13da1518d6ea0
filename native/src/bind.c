#include "bind.h"

#include "fail.h"
#include "sys.h"

long bind_open(const char *path) { return must(sys_open_exact(path), "a path of the policy cannot be opened", path); }

long bind_take_at(long at, const char *path) {
  return must(SYS3(NR_open_tree, at, "", OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE), "a mount cannot be copied", path);
}

long bind_take(const char *path) {
  long at = bind_open(path), tree = bind_take_at(at, path);
  sys_close(at);
  return tree;
}

long bind_put(long tree, long at) {
  long error = SYS5(NR_move_mount, tree, "", at, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
  sys_close(tree);
  return error;
}
