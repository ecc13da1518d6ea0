/* What a command took, for its record. */
#ifndef MOAT_SPENT_H
#define MOAT_SPENT_H

/* Says on descriptor 3 what the descendants took that have been reaped: processor time of all, memory of the largest. */
void spent_report(void);
/* Says by which signal the command itself ended; `status` as wait4 gives it. */
void spent_signal(int status);

#endif
