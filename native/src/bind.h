/* Mount trees as descriptors: taken at one path, put at another. */
#ifndef MOAT_BIND_H
#define MOAT_BIND_H

/* O_PATH descriptor of a copy of the mount tree at exactly `path` (no component may be a symlink). */
long bind_take(const char *path);
/* Puts the copy `tree` where exactly `path` leads now, and closes it. */
void bind_put(long tree, const char *path);
/* The same on what the O_PATH descriptor `at` leads to; gives a negative errno, -ENOENT when it is no longer there. */
long bind_put_on(long tree, long at);

#endif
