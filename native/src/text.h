/* Strings without a libc. */
#ifndef MOAT_TEXT_H
#define MOAT_TEXT_H

#include "abi.h"

/* As in C. */
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);

size_t text_length(const char *s);
int text_equal(const char *a, const char *b);
/* The rest of `s` after `prefix`, or NULL when it does not start with it. */
const char *text_after(const char *s, const char *prefix);
/* `path` is `parent` or beneath it; both absolute and without a slash at the end (but "/"). */
int path_within(const char *path, const char *parent);
/* Decimal digits at the start of `s`; -1 when there are none, or more than fit. */
long text_number(const char *s);

/* Text of bounded size; what does not fit is cut off. Always terminated by NUL. */
struct text {
  size_t used;
  char bytes[8192];
};
/* The first that is done with a text; it needs no initializer, which would clear all of it. */
void text_start(struct text *t, const char *s);
void text_add(struct text *t, const char *s);
void text_add_number(struct text *t, long n);
/* As a JSON string, quotes included. Bytes above 0x7f stay as they are. */
void text_add_json(struct text *t, const char *s);
/* What the negative errno `error` means, as in "Permission denied"; "errno N" for those that are not known here. */
void text_add_errno(struct text *t, long error);
/* "DIR/NAME"; returns 0 when it does not fit. */
int path_join(char *to, size_t size, const char *dir, const char *name);

#endif
