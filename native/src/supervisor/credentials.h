/* The ids and capabilities that a call is done with: those of the thread that made it, never more. All of a command's processes have
 * the same ones until one of them makes an identity call (calls.h). */
#ifndef MOAT_CREDENTIALS_H
#define MOAT_CREDENTIALS_H

/* Finds out whether there is anything to lend. An ordinary user's commands can be nobody else and have no capability: then nothing
 * of the below does anything. */
void credentials_prepare(void);
/* A process has made an identity call: from now on each caller is asked who it is. */
void credentials_note_change(void);
/* Takes on the ids of `thread`; the own capabilities stay, to look into its memory. A negative errno when they cannot be had. */
long credentials_take(long thread);
/* Goes down to the capabilities that the thread has as well. */
long credentials_lower(void);
/* Back to the own ones. A negative errno when that fails: then nothing more may be done. */
long credentials_restore(void);

#endif
