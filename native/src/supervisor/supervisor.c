#include "supervisor.h"

#include "../fail.h"
#include "../record/record.h"
#include "../sys.h"
#include "calls.h"
#include "credentials.h"
#include "lookup.h"
#include "metadata.h"
#include "notify.h"
#include "place.h"
#include "processes.h"
#include "target.h"

static const struct policy *policy;
static int channel[2] = {-1, -1};
static struct service service;

/* The call is gone: its thread was killed, and nobody waits for an answer. */
#define GONE 1

/* With the caller's ids and capabilities: finds the file, judges it by its descriptor, and changes it through that. Whatever happens
 * to the path meanwhile, it is the file that was judged. */
static long change(struct lookup *l, const struct file_call *call) {
  long error = credentials_lower();
  if (error < 0) return error;
  long fd = lookup_open(l);
  if (fd < 0) return fd;
  error = place_check(fd);
  if (error == 0) error = metadata_apply(call->change, fd);
  sys_close(fd);
  return error;
}

static long answer_file(long listener, const struct request *r, const struct file_call *call) {
  struct lookup l = {.base = AT_FDCWD};
  long result = credentials_take(r->thread);
  if (result == 0) result = metadata_read(r, call);
  if (result == 0) result = lookup_read(&l, r, call);
  if (!notify_waits(listener, r)) result = GONE;
  if (result == 0) result = change(&l, call);
  lookup_close(&l);
  return result;
}

static long answer(long listener, const struct request *r) {
  record_call(r, r->thread > 0 ? credentials_take(r->thread) : -ESRCH);
  if (policy->tier != TIER_LANDLOCK) return ANSWER_CONTINUE;
  /* In another PID namespace than ours: it has no number here. */
  if (r->thread <= 0) return -EPERM;
  for (int i = 0; i < file_call_count; i++)
    if (file_calls[i].number == r->number) return answer_file(listener, r, &file_calls[i]);
  for (int i = 0; i < process_call_count; i++)
    if (process_calls[i].number == r->number) return processes_answer(r, &process_calls[i]);
  for (int i = 0; i < identity_call_count; i++) {
    if (identity_calls[i] != r->number) continue;
    credentials_note_change();
    return ANSWER_CONTINUE;
  }
  return record_has(r->number) ? ANSWER_CONTINUE : -ENOSYS;
}

static long broken(const char *what, long error) {
  complain(what, error);
  return SERVICE_BROKEN;
}

/* One call; gives what to look at next. */
static long serve_call(long listener) {
  struct request r;
  long received = notify_receive(listener, &r);
  if (received < 0) return broken("the supervisor cannot take system calls any more, so the command was ended", received);
  if (received == 0) return listener;
  long result = answer(listener, &r);
  long error = credentials_restore();
  if (error < 0) return broken("the supervisor cannot take its own ids back, so the command was ended", error);
  if (result != GONE) error = notify_answer(listener, &r, result);
  if (error < 0) return broken("the supervisor cannot answer system calls any more, so the command was ended", error);
  return listener;
}

/* The command's process says whether it has a listener, once. */
static long serve_channel(long from) {
  long listener = notify_take(from);
  sys_close(from);
  service.serve = serve_call;
  if (listener < 0) return broken("the supervisor did not get the command's system calls, so the command was ended", listener);
  if (listener) notify_take_turns(listener);
  else record_drop();
  return listener ? listener : SERVICE_OVER;
}

int supervisor_wanted(const struct policy *p) { return p->tier == TIER_LANDLOCK || p->capture; }

void supervisor_prepare(const struct policy *p) {
  policy = p;
  target_prepare();
  notify_pair(channel);
  service = (struct service){.fd = channel[0], .serve = serve_channel};
}

void supervisor_hand_over(long listener) {
  must(notify_hand_over(channel[1], listener), "the supervisor does not take the listener", NULL);
  sys_close(listener);
}

int supervisor_able(void) {
  char able = 0;
  if (sys_read(channel[1], &able, 1) != 1) fail("the supervisor is gone", NULL, 0);
  return able;
}

void supervisor_leave(void) {
  sys_close(channel[0]);
  sys_close(channel[1]);
}

struct service *supervisor_service(long child, int within) {
  char byte, able = 0;
  sys_close(channel[1]);
  if (policy->tier == TIER_LANDLOCK) credentials_prepare();
  /* The child waits for the answer, so it has a copy of our memory still. */
  if (!within && target_read(child, (u64)&service, &byte, 1) < 0) able |= ABLE_NOTHING_READ;
  else if (policy->tier == TIER_LANDLOCK && place_prepare(policy)) able |= ABLE_METADATA;
  if (policy->capture && !(able & ABLE_NOTHING_READ)) able |= record_begin(policy) == 0 ? ABLE_RECORD : ABLE_NOTHING_KEPT;
  sys_write(channel[0], &able, 1);
  return &service;
}
