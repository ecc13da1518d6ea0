#include "memory.h"

#include "privileges.h"
#include "sys.h"

static long group = -1;

void memory_open(const struct policy *p) {
  if (p->memory_group) group = sys_open(p->memory_group, O_WRONLY, 0);
}

const char *memory_limit(const struct policy *p) {
  if (!p->memory) return NULL;
  /* Zero is whoever writes it. */
  if (group >= 0 && sys_write(group, "0", 1) == 1) return "cgroup";
  /* Of each process alone: what it allocates for itself, without what it shares. A limit on addresses would stop node, java and Go. */
  privileges_limit_data((u64)p->memory);
  return "per-process";
}
