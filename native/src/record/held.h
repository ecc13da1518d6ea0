/* Files that processes of the command have open for writing. */
#ifndef MOAT_HELD_H
#define MOAT_HELD_H

#include "../abi.h"

/* Calls `act` for each descriptor through which one of them could write. */
void held_each(void (*act)(long process, s32 fd));

#endif
