/* Records what a command is about to change, and lets it go on: no call is answered here, and none is refused. What a race does to
 * the path meanwhile costs what undo could have brought back, never more. */
#ifndef MOAT_RECORD_H
#define MOAT_RECORD_H

#include "../policy.h"
#include "../supervisor/request.h"

/* In the process that looks into the command: opens the capture's directory. 0, or a negative errno: nothing is recorded. */
long record_begin(const struct policy *p);
/* Something is recorded at the moment. */
int record_is_on(void);
/* A call that waits. `readable`: a negative errno when its thread may not be looked into. */
void record_call(const struct request *r, long readable);
/* There is no listener: what was begun is never ended, and so says nothing. */
void record_drop(void);
/* Nothing of the command is left. */
void record_end(void);

#endif
