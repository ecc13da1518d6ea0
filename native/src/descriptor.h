/* Descriptors that travel over sockets. */
#ifndef MOAT_DESCRIPTOR_H
#define MOAT_DESCRIPTOR_H

#include "abi.h"

/* Sends `fd` over the unix socket `to`, with one byte that means nothing. A negative errno when that fails. */
long descriptor_send(long to, long fd);
/* As read(2), and on a socket with `flags` of recvmsg; a descriptor that came with the bytes is put into `fd`, which stays as it is
 * otherwise. */
long descriptor_read(long from, void *bytes, size_t size, int flags, long *fd);

#endif
