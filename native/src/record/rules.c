#include "rules.h"

#include "calls.h"

int record_has(int number) {
  for (int i = 0; i < name_call_count; i++)
    if (name_calls[i].number == number) return 1;
  return 0;
}

void record_open_rule(struct filter *f, int flags) {
  filter_load(f, flags);
  filter_emit(f, BPF_JUMP_SET, 1, 0, O_PATH);
  filter_emit(f, BPF_JUMP_SET, 1, 0, O_ACCMODE | O_CREAT | O_TRUNC);
  filter_answer(f, 0);
  filter_ask(f);
}

static int is_ruled(const struct name_call *call, const struct policy *p, int cut_short) {
  switch (call->effect) {
    case OPENS:
      return 0;
    case OPENS_HOW:
    case CUTS:
      return !cut_short;
    case SETS:
      return p->tier != TIER_LANDLOCK;
    case UNSEEN:
      return p->tier == TIER_NONE;
    default:
      return 1;
  }
}

void record_rules(struct filter *f, const struct policy *p, int supervised, int cut_short) {
  for (int i = 0; i < name_call_count; i++) {
    if (name_calls[i].number < 0 || !is_ruled(&name_calls[i], p, cut_short)) continue;
    filter_rule(f, name_calls[i].number);
    filter_ask(f);
  }
  for (int i = 0; !supervised && i < file_call_count; i++) {
    if (file_calls[i].number < 0 || file_calls[i].change > REMOVE_ATTRIBUTE) continue;
    filter_rule(f, file_calls[i].number);
    filter_ask(f);
  }
}
