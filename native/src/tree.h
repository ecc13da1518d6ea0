/* Starting a command so that nothing of it is left when it, the launcher or the agent ends. */
#ifndef MOAT_TREE_H
#define MOAT_TREE_H

/* Asks the kernel for `signal` when the parent ends. `parent` is who it should be (0: not checked): it may be gone already. */
void tree_follow(int signal, long parent);
/* From here on descendants that lose their parent become children of the caller, and signals wait to be taken. */
void tree_lead(void);
/* For a child that is about to become something else. */
void tree_unblock_signals(void);
/* Waits for `child`, hands signals on to `target` (0: to nobody), and then ends every descendant that is left. Ends them at once
 * when the parent `parent` is gone (0: not watched). Gives the exit code: the child's own or 128 + signal. */
int tree_wait(long child, long target, long parent);

#endif
