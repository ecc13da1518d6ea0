/* The thread that made a call: its memory, its descriptors, its place in /proc. What is read here counts only when the call still
 * waits afterwards (notify_waits). */
#ifndef MOAT_TARGET_H
#define MOAT_TARGET_H

#include "abi.h"

/* Opens what the rest needs. Fails where there is no /proc. */
void target_prepare(void);
/* Copies `size` bytes from its memory. A negative errno: -EPERM where it may not be read. */
long target_read(long thread, u64 address, void *to, size_t size);
/* Copies a string with its NUL. -ERANGE when there is none within `size`. */
long target_string(long thread, u64 address, char *to, size_t size);
/* O_PATH descriptor of what /proc/THREAD/`name` leads to. */
long target_open(long thread, const char *name);
/* O_PATH descriptor of its descriptor `fd`; -EBADF where there is none. */
long target_descriptor(long thread, s32 fd);
/* What /proc/THREAD/`name` leads to, and where it says that lies (cut off at `size`, without a NUL; its length). Negative errnos. */
long target_look(long thread, const char *name, struct statx *to);
long target_where(long thread, const char *name, char *to, size_t size);
/* Opens for reading what /proc/THREAD/`name` leads to. */
long target_reopen(long thread, const char *name);
/* Opens the directory /proc/THREAD/`name`, to be listed. */
long target_list(long thread, const char *name);
/* Mode of the link /proc/THREAD/`name` itself; 0 when there is none. */
u32 target_link_mode(long thread, const char *name);
/* Content of /proc/THREAD/`name`, with a NUL at its end: how many bytes, or a negative errno. */
long target_file(long thread, const char *name, char *to, size_t size);
/* One of our own descriptors as a name beneath the directory that is returned: magic links that reach the file that is open. */
long target_own_link(long fd, char *name);
/* Decimal digits; returns their end, where it puts a NUL. */
char *target_digits(char *to, long number);

#endif
