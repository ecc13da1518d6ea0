/* The kernel's lists of what may be a socket of somebody outside. */
#ifndef MOAT_BOUND_H
#define MOAT_BOUND_H

/* Calls `take` with the name of each unix socket of a network namespace that can be connected or sent to: as it was bound, so
 * perhaps relative, or '@' and a name that is no path. `list`: the file of /proc that has them. 0 when it cannot be read. */
int bound_names(const char *list, void (*take)(const char *name));
/* Calls `take` with each place where a part of a file system is mounted: perhaps a single socket, as containers are handed them.
 * 0 when the list cannot be read. */
int bound_mounts(void (*take)(const char *path));

#endif
