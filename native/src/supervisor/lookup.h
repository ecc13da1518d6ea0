/* From the arguments of a call to the file that it is about. */
#ifndef MOAT_LOOKUP_H
#define MOAT_LOOKUP_H

#include "calls.h"
#include "request.h"

/* Where a path starts, and the path; without one the descriptor `base` is the file itself. */
struct lookup {
  long base; /* AT_FDCWD: `path` is absolute */
  const char *path;
  int keeps_links;
};

/* Reads what the call says. 0, or the negative errno that the call is to be answered with. */
long lookup_read(struct lookup *l, const struct request *r, const struct file_call *call);
/* O_PATH descriptor of the file, found with the ids that the supervisor has at the moment. */
long lookup_open(struct lookup *l);
void lookup_close(struct lookup *l);

#endif
