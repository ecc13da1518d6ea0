/* A system call filter, put together rule by rule. The kernel walks through the finished one for every call number when it takes it
 * in, and again for each call that a rule looks into: so the rules are sorted, and most are passed over by the dozen. */
#ifndef MOAT_FILTER_H
#define MOAT_FILTER_H

#include "abi.h"

struct filter;

/* An empty one. There is only one at a time. `strict`: programs of another architecture are ended; else they are passed over. */
struct filter *filter_new(int strict);
/* What is emitted from here on is the rule for the call `number`. Each call has one rule at most, which ends in an answer. */
void filter_rule(struct filter *f, int number);
void filter_emit(struct filter *f, u16 code, u8 yes, u8 no, u32 k);
/* Loads the low half of argument `n`. */
void filter_load(struct filter *f, int n);
/* Answers with -`error`; 0 allows the call. */
void filter_answer(struct filter *f, int error);
/* The same, when the loaded word is `value`. */
void filter_answer_if(struct filter *f, u32 value, int error);
/* A rule that is nothing but an answer; `number` -1 is a call that this architecture does not have. */
void filter_refuse(struct filter *f, int number, int error);
/* Stops the caller until the supervisor has answered in the kernel's place. */
void filter_ask(struct filter *f);
/* Installs it for good; calls without a rule are allowed. The kernel's answer: a descriptor, when `flags` ask for one. */
long filter_install(struct filter *f, u32 flags);

#endif
