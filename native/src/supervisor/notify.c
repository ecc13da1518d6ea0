#include "notify.h"

#include "../descriptor.h"
#include "../fail.h"
#include "../sys.h"
#include "abi.h"

/* The kernel takes every result below this one for a value. */
#define LOWEST_ERROR (-4095L)

void notify_pair(int *pair) {
  must(SYS4(NR_socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), "no channel to the supervisor can be made", NULL);
}

long notify_hand_over(long to, long listener) { return descriptor_send(to, listener); }

void notify_take_turns(long listener) {
  SYS3(NR_ioctl, listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

long notify_take(long from) {
  char byte;
  long fd = -EBADF;
  long n = descriptor_read(from, &byte, 1, MSG_DONTWAIT, &fd);
  /* What failed on its way to a listener left our answer unread. */
  if (n == 0 || n == -ECONNRESET) return 0;
  if (n < 0) return n;
  return fd;
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
