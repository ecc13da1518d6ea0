#include "text.h"

#include "sys.h"

/* The compiler may turn loops and initialisers into calls of these four. */
__attribute__((used)) void *memcpy(void *to, const void *from, size_t n) {
  u8 *t = to;
  const u8 *f = from;
  while (n--) *t++ = *f++;
  return to;
}
__attribute__((used)) void *memmove(void *to, const void *from, size_t n) {
  u8 *t = to;
  const u8 *f = from;
  if (t < f) return memcpy(to, from, n);
  while (n--) t[n] = f[n];
  return to;
}
__attribute__((used)) void *memset(void *to, int value, size_t n) {
  u8 *t = to;
  while (n--) *t++ = (u8)value;
  return to;
}
__attribute__((used)) int memcmp(const void *a, const void *b, size_t n) {
  const u8 *x = a, *y = b;
  for (; n--; x++, y++)
    if (*x != *y) return *x - *y;
  return 0;
}

size_t text_length(const char *s) {
  size_t n = 0;
  while (s[n]) n++;
  return n;
}

int text_equal(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

const char *text_after(const char *s, const char *prefix) {
  while (*prefix)
    if (*s++ != *prefix++) return NULL;
  return s;
}

int path_within(const char *path, const char *parent) {
  const char *rest = text_after(path, parent);
  if (!rest) return 0;
  return !*rest || *rest == '/' || text_equal(parent, "/");
}

long text_number(const char *s) {
  long n = 0;
  if (*s < '0' || *s > '9') return -1;
  for (; *s >= '0' && *s <= '9'; s++) {
    if (n > (LONG_MAX - 9) / 10) return -1;
    n = n * 10 + (*s - '0');
  }
  return n;
}

static void add_byte(struct text *t, char c) {
  if (t->used + 1 >= sizeof t->bytes) return;
  t->bytes[t->used++] = c;
  t->bytes[t->used] = 0;
}

void text_add(struct text *t, const char *s) {
  while (*s) add_byte(t, *s++);
}

void text_start(struct text *t, const char *s) {
  t->used = 0;
  t->bytes[0] = 0;
  text_add(t, s);
}

void text_add_number(struct text *t, long n) {
  char digits[24];
  int i = sizeof digits;
  unsigned long rest = n < 0 ? -(unsigned long)n : (unsigned long)n;
  digits[--i] = 0;
  do digits[--i] = (char)('0' + rest % 10);
  while (rest /= 10);
  if (n < 0) digits[--i] = '-';
  text_add(t, digits + i);
}

void text_add_json(struct text *t, const char *s) {
  static const char hex[] = "0123456789abcdef";
  add_byte(t, '"');
  for (; *s; s++) {
    u8 c = (u8)*s;
    if (c == '"' || c == '\\') {
      add_byte(t, '\\');
      add_byte(t, (char)c);
    } else if (c < 0x20) {
      text_add(t, "\\u00");
      add_byte(t, hex[c >> 4]);
      add_byte(t, hex[c & 15]);
    } else {
      add_byte(t, (char)c);
    }
  }
  add_byte(t, '"');
}

void text_add_errno(struct text *t, long error) {
  static const struct {
    int number;
    const char *words;
  } known[] = {
      {EPERM, "Operation not permitted"},   {ENOENT, "No such file or directory"}, {E2BIG, "Argument list too long"},
      {ENOEXEC, "Exec format error"},       {EACCES, "Permission denied"},         {ENOTDIR, "Not a directory"},
      {EINVAL, "Invalid argument"},         {ENOSPC, "No space or limit reached"}, {EROFS, "Read-only file system"},
      {ENAMETOOLONG, "File name too long"}, {ENOSYS, "Not known to this kernel"},  {ELOOP, "Too many symbolic links"},
      {EAGAIN, "Resource limit reached"},   {EBADF, "Bad file descriptor"},        {EOPNOTSUPP, "Not supported"},
      {EMFILE, "Too many open files"},      {EXDEV, "On another file system"},     {ENOMEM, "Out of memory"},
      {EBUSY, "In use"},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (known[i].number != -error) continue;
    text_add(t, known[i].words);
    return;
  }
  text_add(t, "errno ");
  text_add_number(t, -error);
}

int path_join(char *to, size_t size, const char *dir, const char *name) {
  size_t a = text_length(dir), b = text_length(name);
  if (a + b + 2 > size) return 0;
  memcpy(to, dir, a);
  if (a == 0 || to[a - 1] != '/') to[a++] = '/';
  memcpy(to + a, name, b + 1);
  return 1;
}
