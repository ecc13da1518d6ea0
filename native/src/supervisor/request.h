/* A system call that waits for the supervisor's answer. */
#ifndef MOAT_REQUEST_H
#define MOAT_REQUEST_H

#include "../abi.h"

struct request {
  u64 id;
  long thread; /* who made the call: its number in /proc */
  s32 number;
  u64 argument[6];
};

#endif
