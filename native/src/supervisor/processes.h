/* Calls that change how a process runs: allowed for the command's own processes, refused for those of others. */
#ifndef MOAT_PROCESSES_H
#define MOAT_PROCESSES_H

#include "calls.h"
#include "request.h"

/* 1 when the process or thread is the command's own, 0 when it is somebody else's, -ESRCH when there is none. */
long processes_ours(long process);
/* ANSWER_CONTINUE or a negative errno. Only numbers decide, which the caller cannot change any more. */
long processes_answer(const struct request *r, const struct process_call *call);

#endif
