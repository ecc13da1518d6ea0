#include "spent.h"

#include "fail.h"
#include "sys.h"
#include "text.h"
#include "tree.h"

static long microseconds(struct timeval time) { return time.seconds * 1000000 + time.microseconds; }

static void add(struct text *t, const char *before, long n) {
  text_add(t, before);
  text_add_number(t, n);
}

void spent_report(void) {
  struct rusage used;
  struct text line;
  if (SYS2(NR_getrusage, RUSAGE_CHILDREN, &used) < 0) return;
  text_start(&line, "");
  add(&line, "{\"user_us\":", microseconds(used.user));
  add(&line, ",\"system_us\":", microseconds(used.system));
  add(&line, ",\"peak_kib\":", used.maxrss);
  text_add(&line, "}\n");
  sys_write(CONTROL_FD, line.bytes, line.used);
}

void spent_signal(int status) {
  struct text line;
  if (!tree_was_killed(status)) return;
  text_start(&line, "");
  add(&line, "{\"signal\":", status & 0x7f);
  text_add(&line, "}\n");
  sys_write(CONTROL_FD, line.bytes, line.used);
}
