/* The one way out when something could not be set up. */
#ifndef MOAT_FAIL_H
#define MOAT_FAIL_H

/* Where the policy comes from, and the report or the error goes to. */
#define CONTROL_FD 3

enum { EXIT_SETUP = 125, EXIT_CANNOT_EXECUTE = 126, EXIT_NOT_FOUND = 127 };

/* Says on descriptor 3 (JSON) and on stderr what failed, with which path (may be NULL) and why (a negative errno, or 0),
 * and exits with 125: the command is not started. */
void fail(const char *what, const char *path, long error) __attribute__((noreturn));
/* Says on stderr alone what went wrong after the command had been started, and why (a negative errno, or 0). */
void complain(const char *what, long error);
/* What `fail` does before it exits, in the process that set it. */
extern void (*fail_clean_up)(void);
/* Fails when `result` is a negative errno; gives it back otherwise. */
long must(long result, const char *what, const char *path);

#endif
