/* Modes, owners, times and extended attributes: what a call wants them to be, and making them so. */
#ifndef MOAT_METADATA_H
#define MOAT_METADATA_H

#include "calls.h"
#include "request.h"

/* Reads what is new out of the caller's memory. 0, or the negative errno that the call is to be answered with. */
long metadata_read(const struct request *r, const struct file_call *call);
/* Makes the change that was read last, to the file behind the O_PATH descriptor `fd`. The kernel's answer. */
long metadata_apply(enum change change, long fd);

#endif
