/* Privileges that a command does not need. */
#ifndef MOAT_PRIVILEGES_H
#define MOAT_PRIVILEGES_H

/* Gives up every capability but those with which root handles files of others in its workspace, and the way back. */
void privileges_drop(void);

#endif
