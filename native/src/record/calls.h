/* The system calls that change what a name means, or the bytes of a file: one row a call. The filter and the recorder read the same
 * rows; those that change metadata are in ../supervisor/calls.h. */
#ifndef MOAT_RECORD_CALLS_H
#define MOAT_RECORD_CALLS_H

#include "../supervisor/calls.h"

enum effect {
  OPENS,     /* makes the name, cuts or writes the file: its flags tell */
  OPENS_HOW, /* the same, with flags that lie in memory */
  CREATES,   /* the same, with the flags that creat() stands for */
  CUTS,
  MAKES,
  REMOVES,
  RENAMES,
  LINKS,
  SETS,    /* an attribute, through one of the newest calls */
  UNSEEN,  /* opens a way on which nothing is seen */
};

struct name_call {
  int number; /* -1: not on this architecture */
  enum effect effect;
  s8 directory, path;          /* as in struct file_call */
  s8 from_directory, from_path; /* what is renamed or linked */
  s8 flags;
};
extern const struct name_call name_calls[];
extern const int name_call_count;

#endif
