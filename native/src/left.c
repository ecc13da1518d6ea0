#include "left.h"

#include "fail.h"
#include "sys.h"
#include "text.h"
#include "tree.h"

/* Processes that are named: one more than moat shows, so that it knows of others. */
#define MOST 7
/* Bytes of a command line: enough to know it again, few enough that six times as many, in JSON, fit into a text. */
#define COMMAND_BYTES 400
/* Looks, 1 ms apart, at processes that have yet to become what they were started for. A subshell never does. */
#define LOOKS 10

static int named, looks;

/* The command line as ps shows it, into `to`; gives its bytes, 0 when the process has ended. */
static long command_line(const char *digits, char *to) {
  char path[64];
  if (!path_join(path, sizeof path, "/proc", digits) || !path_join(path, sizeof path, path, "cmdline")) return 0;
  long fd = sys_open(path, O_RDONLY, 0);
  if (fd < 0) return 0;
  long n = sys_read(fd, to, COMMAND_BYTES);
  sys_close(fd);
  if (n <= 0) return 0;
  for (long i = 0; i < n; i++)
    if (!to[i]) to[i] = i + 1 < n ? ' ' : 0;
  to[n] = 0;
  return n;
}

/* A shell may end before its last background process has executed its program, or while it does, when it has no command line: for
 * that it is waited a little. */
static long settled_command_line(const char *digits, char *to) {
  for (;; looks++) {
    int settled = !tree_has_not_executed(digits);
    long n = command_line(digits, to);
    if ((n > 0 && settled) || looks >= LOOKS || !tree_is_alive(text_number(digits))) return n;
    struct { s64 seconds, nanoseconds; } pause = {0, 1000000};
    SYS5(NR_ppoll, NULL, 0, &pause, NULL, 0);
  }
}

static void name(const char *digits) {
  char command[COMMAND_BYTES + 1];
  struct text line;
  long n = named < MOST ? settled_command_line(digits, command) : 0;
  if (n == 0) return;
  text_start(&line, "{\"left\":");
  text_add(&line, digits);
  text_add(&line, ",\"command\":");
  text_add_json(&line, command);
  text_add(&line, n == COMMAND_BYTES ? ",\"cut\":true}\n" : ",\"cut\":false}\n");
  sys_write(CONTROL_FD, line.bytes, line.used);
  named++;
}

void left_report(void) {
  if (tree_has_children()) tree_each_child(name);
}
