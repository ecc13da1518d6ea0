/* What a command left running when it ended. */
#ifndef MOAT_LEFT_H
#define MOAT_LEFT_H

/* Names on descriptor 3 the children that are still there, the first few, before they are ended. Costs one system call where there are
 * none. */
void left_report(void);

#endif
