/* Starting a command so that nothing of it is left when it, the launcher or the agent ends. */
#ifndef MOAT_TREE_H
#define MOAT_TREE_H

/* Asks the kernel for `signal` when the parent ends. `parent` is who it should be (0: not checked): it may be gone already. */
void tree_follow(int signal, long parent);
/* From here on descendants that lose their parent become children of the caller, and signals wait to be taken. */
void tree_lead(void);
/* For a child that is about to become something else. */
void tree_unblock_signals(void);
/* What is done beside waiting: `serve` is called when `fd` can be read, and gives the descriptor to look at from then on, or one of
 * these two. When it is broken, everything is ended with 125. */
#define SERVICE_OVER (-1L)
#define SERVICE_BROKEN (-2L)
struct service {
  long fd, signals;
  long (*serve)(long fd);
};

/* Waits for `child` and hands signals on to `target` (0: to nobody). Waits no longer when the parent `parent` is gone (0: not
 * watched): then, and when the service is broken, the child may still run. `service` may be NULL. Gives the status as wait4 does. */
int tree_wait(long child, long target, long parent, struct service *service);
/* Ends every descendant that is left. */
void tree_end(void);
/* The exit code for a status: the child's own or 128 + signal. */
int tree_exit_code(int status);
int tree_was_killed(int status);
/* The parent's number of the process or thread whose number is `digits`; -1 when there is none. */
long tree_parent(const char *digits);
/* The process still runs what its parent ran when it made it: a copy that will execute a program yet, or a subshell. */
int tree_has_not_executed(const char *digits);
/* Reaps what has ended; 0 when no descendant is left. */
int tree_has_children(void);
/* Calls `act` with the number of each child; descendants that lost their parent are among them. */
void tree_each_child(void (*act)(const char *digits));
/* 0 when the process is gone, or its first thread has ended. */
int tree_is_alive(long pid);

#endif
