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

/* Room for the name of a magic link: "fd/" and the digits of a descriptor. */
#define LINK_SIZE 16
/* 1 when `path` leads through a magic link of one of the command's own processes, which would be another one's for us: gives whose
 * (`thread` is the caller before), the link's name in /proc/THREAD, and what of the path comes behind it. */
int lookup_own_link(const char *path, long *thread, char *link, const char **rest);
/* Reads what the call says. 0, or the negative errno that the call is to be answered with. */
long lookup_read(struct lookup *l, const struct request *r, const struct file_call *call);
/* O_PATH descriptor of the file, found with the ids that the supervisor has at the moment. */
long lookup_open(struct lookup *l);
void lookup_close(struct lookup *l);

#endif
