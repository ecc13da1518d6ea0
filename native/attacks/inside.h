/* inside: what its parts share. */
#ifndef MOAT_INSIDE_H
#define MOAT_INSIDE_H

#define _GNU_SOURCE

/* One line: the call, and its errno or 0. */
void say(const char *label, long result);
#define TRY(call) say(#call, call)

/* Changes how the own threads and children run. */
void own_processes(void);

#endif
