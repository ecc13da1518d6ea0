/* Privileges that a command does not need. */
#ifndef MOAT_PRIVILEGES_H
#define MOAT_PRIVILEGES_H

#include "abi.h"

/* Gives up every capability and the way back; with `files`, root keeps those with which it handles files of others, with `signals`
 * that of ending processes that became another user. */
void privileges_drop(int files, int signals);
/* No core dumps, and an end to fork bombs. */
void privileges_limit(void);

/* Limits what each process from here on may allocate for itself, in bytes. */
void privileges_limit_data(u64 most);

#endif
