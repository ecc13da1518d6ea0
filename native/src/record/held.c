#include "held.h"

#include "../supervisor/processes.h"
#include "../supervisor/target.h"
#include "../sys.h"
#include "../text.h"
#include "journal.h"

/* Calls `act` for each entry of the directory that is a number. Takes the descriptor over. */
static void each_number(long fd, void (*act)(long number, void *with), void *with) {
  char entries[4096] __attribute__((aligned(8)));
  for (long n; fd >= 0 && (n = SYS3(NR_getdents64, fd, entries, sizeof entries)) > 0;) {
    for (long at = 0; at < n;) {
      struct dirent64 *entry = (struct dirent64 *)(entries + at);
      at += entry->reclen;
      if (text_number(entry->name) >= 0) act(text_number(entry->name), with);
    }
  }
  if (fd >= 0) sys_close(fd);
}

struct search {
  long process;
  void (*act)(long process, s32 fd);
};

/* The magic link itself has the rights that the descriptor has. */
static void look_at_descriptor(long fd, void *with) {
  const struct search *search = with;
  char name[32] = "fd/";
  target_digits(name + 3, fd);
  if (target_link_mode(search->process, name) & 0200) search->act(search->process, (s32)fd);
}

static void look_at_process(long process, void *with) {
  struct search *search = with;
  if (processes_ours(process) <= 0) return;
  search->process = process;
  each_number(target_list(process, "fd"), look_at_descriptor, search);
}

void held_each(void (*act)(long process, s32 fd)) {
  struct search search = {0, act};
  each_number(sys_open("/proc", O_RDONLY | O_DIRECTORY, 0), look_at_process, &search);
}
