/* The private layer over the home directory: what commands write there is kept apart, for the commands of the same workspace. */
#ifndef MOAT_HOME_H
#define MOAT_HOME_H

#include "../policy.h"

/* Before the caller adopts processes: joins the mount that the commands of the workspace share, and starts its keeper where there is none.
 * What cannot be had is left out: the home directory then stays as it is, and is only read. */
void home_join(const struct policy *p);
/* Why there is no layer although one was asked for; NULL: there is one, or it was not. */
const char *home_missing(void);
/* The layer is there: the home directory that a command sees can be written. */
int home_layered(void);
/* The mount for the home directory, to be put in its place. */
long home_tree(void);
/* 1 when something of `hidden` would be seen in the layer as soon as it comes into being. */
int home_shows_later(const struct policy *p);
/* The words that this process was started with, which what outlives it does not need. */
void home_set_words(char **argv, char **envp);

#endif
