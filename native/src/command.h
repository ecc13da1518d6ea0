/* The command's own process: confined, reported, executed. */
#ifndef MOAT_COMMAND_H
#define MOAT_COMMAND_H

#include "policy.h"

/* Confines the calling process as the policy says, writes the report, and executes argv[0], searched in PATH.
 * argv[-1] must be writable: a script without an interpreter needs the room. */
void command_run(const struct policy *p, char **argv, char **envp) __attribute__((noreturn));

#endif
