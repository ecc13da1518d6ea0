/* A command without a network: `moat-launch --offline -- COMMAND…`. */
#ifndef MOAT_OFFLINE_H
#define MOAT_OFFLINE_H

/* Moves into a network of its own, which has the loopback interface and nothing else, and turns into the command: same process,
 * same user, nothing else confined. It ends with the process that started it. Comes back (with the exit code) only when the command
 * could not be started; exits with 125 where there are no namespaces. */
int offline(char **argv, char **envp);

#endif
