#include "privileges.h"

#include "fail.h"
#include "sys.h"

/* With these root unpacks archives and builds in a workspace that belongs to somebody else, as it is used to in containers. None
 * of them reaches what Landlock or a mount withholds. */
#define KEPT                                                                                          \
  (1ULL << CAP_CHOWN | 1ULL << CAP_DAC_OVERRIDE | 1ULL << CAP_FOWNER | 1ULL << CAP_FSETID |           \
   1ULL << CAP_SETGID | 1ULL << CAP_SETUID | 1ULL << CAP_NET_BIND_SERVICE)

void privileges_drop(int files, int signals) {
  u64 wanted = (files ? KEPT : 0) | (signals ? 1ULL << CAP_KILL : 0);
  struct cap_header header = {CAPABILITY_VERSION_3, 0};
  struct cap_data data[2] = {{0}};
  must(SYS2(NR_capget, &header, data), "the capabilities cannot be read", NULL);
  sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL); /* Absent before Linux 4.3: then there are none. */
  /* The bounding set is what an executed program could regain. Fails without CAP_SETPCAP; then NO_NEW_PRIVS has to do. */
  for (int cap = 0; cap <= 63; cap++)
    if (!(wanted >> cap & 1) && sys_prctl(PR_CAPBSET_DROP, cap) == -EINVAL) break; /* The kernel knows no more. */
  for (int i = 0; i < 2; i++) {
    u32 kept = (u32)(wanted >> 32 * i);
    data[i].effective &= kept;
    data[i].permitted &= kept;
    data[i].inheritable = 0;
  }
  must(SYS2(NR_capset, &header, data), "the capabilities cannot be dropped", NULL);
}

/* Threads count as processes: a build on a machine of 64 cores has well over a thousand. In a user namespace only those in it do. */
#define MAX_PROCESSES 4096

static void lower(int resource, u64 most) {
  struct rlimit64 limit;
  must(SYS4(NR_prlimit64, 0, resource, NULL, &limit), "a resource limit cannot be read", NULL);
  if (limit.max > most) limit.max = most;
  if (limit.cur > limit.max) limit.cur = limit.max;
  must(SYS4(NR_prlimit64, 0, resource, &limit, NULL), "a resource limit cannot be set", NULL);
}

void privileges_limit(void) {
  lower(RLIMIT_CORE, 0);
  lower(RLIMIT_NPROC, MAX_PROCESSES);
}

void privileges_limit_data(u64 most) { lower(RLIMIT_DATA, most); }
