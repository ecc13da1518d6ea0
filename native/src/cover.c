#include "cover.h"

#include "fail.h"
#include "sys.h"
#include "text.h"

static long made = -1;

static void fill(long directory, long owner) {
  must(SYS3(NR_mkdirat, directory, "directory", 0), "the cover for hidden paths cannot be made", NULL);
  long fd = must(SYS4(NR_openat, directory, "file", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0),
                 "the cover for hidden paths cannot be made", NULL);
  sys_close(fd);
  if (owner < 0) return;
  must(SYS5(NR_fchownat, directory, "directory", owner, owner, 0), "the cover for hidden paths cannot be given away", NULL);
  must(SYS5(NR_fchownat, directory, "file", owner, owner, 0), "the cover for hidden paths cannot be given away", NULL);
}

void cover_make(void) {
  if (SYS0(NR_geteuid) != 0) return; /* An ordinary user has no power over mode 000. */
  long fs = SYS2(NR_fsopen, "tmpfs", FSOPEN_CLOEXEC);
  if (fs < 0) return; /* A root without power over mounts. */
  if (SYS5(NR_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0) made = SYS3(NR_fsmount, fs, FSMOUNT_CLOEXEC, 0);
  sys_close(fs);
  if (made >= 0) fill(made, COVER_OWNER);
}

int cover_stops_root(void) { return made >= 0; }

void cover_mount(const char *place) {
  if (made >= 0) {
    must(SYS5(NR_move_mount, made, "", AT_FDCWD, place, MOVE_MOUNT_F_EMPTY_PATH), "the cover cannot be mounted", place);
    sys_close(made);
  } else {
    must(SYS5(NR_mount, "tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, "size=4k,nr_inodes=8"), "the cover cannot be mounted", place);
    long fd = must(sys_open(place, O_PATH | O_DIRECTORY, 0), "the cover cannot be opened", place);
    fill(fd, -1);
    sys_close(fd);
  }
  struct mount_attr attr = {.set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID};
  must(SYS5(NR_mount_setattr, AT_FDCWD, place, 0, &attr, sizeof attr), "the cover cannot be made read-only", place);
}

long cover_take(const char *place, const char *kind) {
  char source[64];
  path_join(source, sizeof source, place, kind);
  return must(SYS3(NR_open_tree, AT_FDCWD, source, OPEN_TREE_CLONE | O_CLOEXEC), "the cover cannot be copied", kind);
}
