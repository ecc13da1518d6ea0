#include "descriptor.h"

#include "supervisor/abi.h"
#include "sys.h"

struct descriptor_message {
  struct cmsghdr head;
  s32 fd, pad;
};

long descriptor_send(long to, long fd) {
  char byte = 0;
  struct iovec part = {&byte, 1};
  struct descriptor_message control = {{sizeof control.head + sizeof control.fd, SOL_SOCKET, SCM_RIGHTS}, (s32)fd, 0};
  struct msghdr message = {.parts = &part, .part_count = 1, .control = &control, .control_size = sizeof control};
  return SYS3(NR_sendmsg, to, &message, 0);
}

long descriptor_read(long from, void *bytes, size_t size, int flags, long *fd) {
  struct iovec part = {bytes, size};
  struct descriptor_message control = {{0, 0, 0}, -1, 0};
  struct msghdr message = {.parts = &part, .part_count = 1, .control = &control, .control_size = sizeof control};
  long n = SYS3(NR_recvmsg, from, &message, flags | MSG_CMSG_CLOEXEC);
  if (n == -ENOTSOCK) n = sys_read(from, bytes, size);
  if (n > 0 && control.fd >= 0) *fd = control.fd;
  return n;
}
