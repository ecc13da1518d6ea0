/* The system calls that the supervisor answers: one row a call. The filter and the supervisor read the same rows. */
#ifndef MOAT_CALLS_H
#define MOAT_CALLS_H

#include "../abi.h"

/* Where an argument's index stands: the call has no such argument. */
#define NONE (-1)

/* What a call changes of a file. The last three differ in how they say times. */
enum change { MODE, OWNER, SET_ATTRIBUTE, REMOVE_ATTRIBUTE, TIMES_UTIMBUF, TIMES_TIMEVAL, TIMES_TIMESPEC };

/* A call that changes something of a file that Landlock does not see. */
struct file_call {
  int number; /* -1: not on this architecture */
  enum change change;
  s8 directory; /* index of the argument with a descriptor; NONE: the working directory */
  s8 path;      /* NONE: the descriptor itself is meant */
  s8 flags;     /* AT_… */
  s8 data;      /* the first argument of what is new */
  u8 keeps_links; /* a symlink at the end of the path is meant itself */
  u8 null_path;   /* NULL for a path means the descriptor itself */
};
extern const struct file_call file_calls[];
extern const int file_call_count;

/* A call that changes how another process runs. */
struct process_call {
  int number;
  s8 which; /* kind of `who`; NONE: a process */
  u8 process; /* the kind that means one process */
  s8 who;     /* 0: the caller itself */
};
extern const struct process_call process_calls[];
extern const int process_call_count;

/* Calls after which a process may have other ids or fewer capabilities than the command began with. They are only noted. */
extern const int identity_calls[];
extern const int identity_call_count;

#endif
