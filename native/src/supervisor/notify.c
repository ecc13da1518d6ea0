#include "notify.h"

#include "../fail.h"
#include "../sys.h"
#include "abi.h"

/* The kernel takes every result below this one for a value. */
#define LOWEST_ERROR (-4095L)

struct descriptor_message {
  struct cmsghdr head;
  s32 fd, pad;
};

void notify_pair(int *pair) {
  must(SYS4(NR_socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), "no channel to the supervisor can be made", NULL);
}

long notify_hand_over(long to, long listener) {
  char byte = 0;
  struct iovec part = {&byte, 1};
  struct descriptor_message control = {{sizeof control.head + sizeof control.fd, SOL_SOCKET, SCM_RIGHTS}, (s32)listener, 0};
  struct msghdr message = {.parts = &part, .part_count = 1, .control = &control, .control_size = sizeof control};
  return SYS3(NR_sendmsg, to, &message, 0);
}

void notify_take_turns(long listener) {
  SYS3(NR_ioctl, listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

long notify_take(long from) {
  char byte;
  struct iovec part = {&byte, 1};
  struct descriptor_message control = {{0, 0, 0}, -1, 0};
  struct msghdr message = {.parts = &part, .part_count = 1, .control = &control, .control_size = sizeof control};
  long n = SYS3(NR_recvmsg, from, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  /* What failed on its way to a listener left our answer unread. */
  if (n == 0 || n == -ECONNRESET) return 0;
  if (n < 0) return n;
  return control.fd >= 0 ? control.fd : -EBADF;
}

long notify_receive(long listener, struct request *r) {
  /* The kernel wants it to be zero, and may know more fields than we do. */
  union {
    struct seccomp_notif call;
    char room[128];
  } received = {.room = {0}};
  long error = SYS3(NR_ioctl, listener, SECCOMP_IOCTL_NOTIF_RECV, &received);
  if (error == -ENOENT || error == -EINTR) return 0;
  if (error < 0) return error;
  *r = (struct request){.id = received.call.id, .thread = received.call.thread, .number = received.call.data.number};
  for (int i = 0; i < 6; i++) r->argument[i] = received.call.data.argument[i];
  return 1;
}

int notify_waits(long listener, const struct request *r) {
  return SYS3(NR_ioctl, listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &r->id) == 0;
}

long notify_answer(long listener, const struct request *r, long result) {
  struct seccomp_notif_resp answer = {.id = r->id};
  if (result == ANSWER_CONTINUE) answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  else if (result >= 0) answer.value = result;
  else answer.error = (s32)(result < LOWEST_ERROR ? -EPERM : result);
  long error = SYS3(NR_ioctl, listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
  /* Killed, or interrupted by a signal (before Linux 5.19): nobody waits for this answer. */
  return error == -ENOENT ? 0 : error;
}
