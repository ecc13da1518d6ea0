/* What was enforced, said on descriptor 3 when the command is about to be executed. */
#ifndef MOAT_REPORT_H
#define MOAT_REPORT_H

#include "policy.h"

struct report {
  int abi;
  const char *memory; /* what limits it; NULL: nothing does */
  const char *not_captured; /* where recording was asked for: why there is none; NULL: there is */
  int carve, carve_absent, hidden, hidden_absent, metadata, loopback, ipc, tree_kill;
};

/* Fails when the policy requires something that `r` does not give. */
void report_require(const struct policy *p, const struct report *r);
void report_write(const struct policy *p, const struct report *r);

#endif
