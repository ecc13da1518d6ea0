/* Mount trees as descriptors: taken at one path, put at another. */
#ifndef MOAT_BIND_H
#define MOAT_BIND_H

/* O_PATH descriptor of exactly `path` (no component may be a symlink). */
long bind_open(const char *path);
/* O_PATH descriptor of a copy of the mount tree at exactly `path`. */
long bind_take(const char *path);
/* The same of what the O_PATH descriptor `at` leads to; `path` is its name for who reads an error. */
long bind_take_at(long at, const char *path);
/* Puts the copy `tree` on what the O_PATH descriptor `at` leads to, and closes the copy; gives a negative errno, -ENOENT when it is no
 * longer there. */
long bind_put(long tree, long at);

#endif
