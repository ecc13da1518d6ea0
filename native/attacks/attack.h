/* One system call level attack a function: 0 when it got through, else an errno or -1. Arguments are those of the command line. */
#ifndef MOAT_ATTACK_H
#define MOAT_ATTACK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

struct attack {
  const char *name;
  int (*run)(char **argv);
};
extern const struct attack file_attacks[], metadata_attacks[], process_attacks[], socket_attacks[], kernel_attacks[], tracing_attacks[];

/* 0 for any answer but a refusal. */
static inline int outcome(long result) { return result < 0 ? errno : 0; }

#endif
