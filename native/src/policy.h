/* What the launcher was told to enforce: the records of descriptor 3 (format: native/README.md). */
#ifndef MOAT_POLICY_H
#define MOAT_POLICY_H

#include "abi.h"

#define MAX_PATHS 512
/* A list of hosts names some ports of this machine, not a range of them. */
#define MAX_PORTS 32

enum tier { TIER_NONE, TIER_LANDLOCK, TIER_NS, TIER_NS_ONLY };
enum mode { MODE_READ_ONLY, MODE_WORKSPACE_WRITE, MODE_FULL, MODE_EXTERNAL };
enum net { NET_NONE, NET_FULL, NET_HOSTS };
enum unix_sockets { UNIX_NONE, UNIX_MASKED, UNIX_ALLOW };

struct paths {
  int count;
  const char **at;
};

struct policy {
  enum tier tier;
  enum mode mode;
  enum net net;
  enum unix_sockets unix_sockets;
  int foreign_sockets; /* found out here: a socket of a process outside can be reached */
  int merge;        /* stderr goes where stdout goes */
  long parent;      /* process id of the agent */
  long beside;      /* a process of another network whose sockets of the file system can be reached from here; -1: there is none */
  long abi;         /* act as on a kernel with this Landlock ABI at most; -1: as it is */
  long memory;      /* bytes that the command may take; 0: no limit */
  const char *memory_group; /* file that takes the processes of a control group with that limit; NULL: there is none */
  const char *cwd;
  struct paths writable, protect, hidden, require;
  struct paths sockets; /* of programs outside, that may be reached all the same; without symlinks */
  struct paths absent; /* places that moat looks after because they do not exist */
  struct paths clear;  /* places where a launcher that was killed left a stand-in */
  const char *capture; /* directory for what undo needs; NULL: nothing is recorded */
  struct paths capture_root, capture_skip;
  u64 capture_cap, capture_total; /* bytes that are copied at most of one file, and of all */
  long ways;        /* with NET_HOSTS: where the sockets go that lead out (gate.h) */
  int port_count;
  long ports[MAX_PORTS];
  struct paths guard; /* protected places that the agent compares and restores afterwards */
  const char *home, *layer; /* home directory, and where what commands write there is kept; NULL: it is not */
};

/* Adds to a list of the policy; at most MAX_PATHS. */
void policy_add(struct paths *list, const char *path);
/* Reads descriptor 3 up to the `end` record. Does not return when anything in it is not understood. */
void policy_read(struct policy *p);
/* No confinement is asked for: only the same process hygiene. */
int policy_unconfined(const struct policy *p);
/* `path` lies in a writable root, or is one. */
int policy_writable(const struct policy *p, const char *path);

#endif
