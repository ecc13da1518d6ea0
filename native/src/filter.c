#include "filter.h"

#include "fail.h"
#include "sys.h"

/* Offsets in struct seccomp_data; the low half of an argument comes first on both architectures. */
#define OFFSET_NUMBER 0
#define OFFSET_ARCH 4
#define OFFSET_ARG(n) (16 + 8 * (n))
/* About the square root of the number of rules: as many steps from group to group as within one. */
#define GROUP 8

enum { MOST_RULES = 200, MOST_CODE = 1200 };

struct rule {
  int number, start, size;
};
struct filter {
  u32 foreign, foreign_entry; /* answers to calls of another architecture, and of x32 */
  int rules, used;
  struct rule rule[MOST_RULES];
  struct sock_filter code[MOST_CODE];
};
static struct filter the_filter;
static struct sock_filter finished[MOST_CODE];
static int length;

static u32 answer_code(int error) { return error ? SECCOMP_RET_ERRNO | (u32)error : SECCOMP_RET_ALLOW; }

struct filter *filter_new(int strict) {
  the_filter.foreign = strict ? SECCOMP_RET_KILL_PROCESS : SECCOMP_RET_ALLOW;
  the_filter.foreign_entry = strict ? answer_code(ENOSYS) : SECCOMP_RET_ALLOW;
  the_filter.rules = the_filter.used = 0;
  return &the_filter;
}

void filter_rule(struct filter *f, int number) {
  if (f->rules == MOST_RULES) fail("the system call filter has too many rules", NULL, 0);
  f->rule[f->rules++] = (struct rule){number, f->used, 0};
}

void filter_emit(struct filter *f, u16 code, u8 yes, u8 no, u32 k) {
  if (f->used == MOST_CODE) fail("the system call filter is too long", NULL, 0);
  f->code[f->used++] = (struct sock_filter){code, yes, no, k};
  f->rule[f->rules - 1].size++;
}

void filter_load(struct filter *f, int n) { filter_emit(f, BPF_LOAD_WORD, 0, 0, OFFSET_ARG(n)); }

void filter_answer(struct filter *f, int error) { filter_emit(f, BPF_RETURN, 0, 0, answer_code(error)); }

void filter_answer_if(struct filter *f, u32 value, int error) {
  filter_emit(f, BPF_JUMP_EQ, 0, 1, value);
  filter_answer(f, error);
}

void filter_refuse(struct filter *f, int number, int error) {
  if (number < 0) return;
  filter_rule(f, number);
  filter_answer(f, error);
}

void filter_ask(struct filter *f) { filter_emit(f, BPF_RETURN, 0, 0, SECCOMP_RET_USER_NOTIF); }

static void sort(struct filter *f) {
  for (int i = 1; i < f->rules; i++) {
    struct rule one = f->rule[i];
    int k = i;
    for (; k > 0 && f->rule[k - 1].number > one.number; k--) f->rule[k] = f->rule[k - 1];
    f->rule[k] = one;
  }
  for (int i = 1; i < f->rules; i++)
    if (f->rule[i].number == f->rule[i - 1].number) fail("the system call filter has two rules for one call", NULL, 0);
}

static void put(u16 code, u8 yes, u8 no, u32 k) {
  if (length == MOST_CODE) fail("the system call filter is too long", NULL, 0);
  finished[length++] = (struct sock_filter){code, yes, no, k};
}

/* Calls with neighbouring numbers and the same answer need one rule. Gives the last of those that begin with `first`. */
static int last_alike(const struct filter *f, int first) {
  const struct rule *one = &f->rule[first];
  int last = first;
  while (one->size == 1 && last + 1 < f->rules) {
    const struct rule *next = &f->rule[last + 1];
    if (next->number != f->rule[last].number + 1 || next->size != 1 || f->code[next->start].k != f->code[one->start].k) break;
    last++;
  }
  return last;
}

/* The rule for the calls `first` to `last`: a single one, or alike. */
static void put_rule(const struct filter *f, int first, int last) {
  const struct rule *r = &f->rule[first];
  if (r->size > 254) fail("a rule of the system call filter is too long to jump over", NULL, 0);
  if (first == last) {
    put(BPF_JUMP_EQ, 0, (u8)r->size, (u32)r->number);
  } else {
    put(BPF_JUMP_GT, (u8)(r->size + 1), 0, (u32)f->rule[last].number);
    put(BPF_JUMP_GE, 0, (u8)r->size, (u32)r->number);
  }
  for (int i = 0; i < r->size; i++) {
    struct sock_filter c = f->code[r->start + i];
    put(c.code, c.jt, c.jf, c.k);
  }
}

/* Some rules, and a jump over them for calls with higher numbers. Gives the first rule that is left. */
static int put_group(const struct filter *f, int from) {
  int to = from;
  for (int i = 0; i < GROUP && to < f->rules; i++) to = last_alike(f, to) + 1;
  int jump = length + 1;
  if (to < f->rules) {
    put(BPF_JUMP_GE, 0, 1, (u32)f->rule[to].number);
    put(BPF_JUMP, 0, 0, 0);
  }
  for (int i = from; i < to;) {
    int last = last_alike(f, i);
    put_rule(f, i, last);
    i = last + 1;
  }
  put(BPF_RETURN, 0, 0, SECCOMP_RET_ALLOW);
  if (to < f->rules) finished[jump].k = (u32)(length - jump - 1);
  return to;
}

static void finish(struct filter *f) {
  length = 0;
  sort(f);
  put(BPF_LOAD_WORD, 0, 0, OFFSET_ARCH);
  put(BPF_JUMP_EQ, 1, 0, AUDIT_ARCH_HERE);
  put(BPF_RETURN, 0, 0, f->foreign);
  put(BPF_LOAD_WORD, 0, 0, OFFSET_NUMBER);
#ifdef X32_BIT
  put(BPF_JUMP_GE, 0, 1, X32_BIT);
  put(BPF_RETURN, 0, 0, f->foreign_entry);
#endif
  for (int i = 0; i < f->rules;) i = put_group(f, i);
}

long filter_install(struct filter *f, u32 flags) {
  finish(f);
  struct sock_fprog program = {.len = (u16)length, .filter = finished};
  return SYS3(NR_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}
