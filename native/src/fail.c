#include "fail.h"

#include "sys.h"
#include "text.h"

void (*fail_clean_up)(void);

static void say(const char *sentence) {
  struct text plain;
  text_start(&plain, "moat-launch: ");
  text_add(&plain, sentence);
  text_add(&plain, "\n");
  sys_write(2, plain.bytes, plain.used);
}

void complain(const char *what, long error) {
  struct text sentence;
  text_start(&sentence, what);
  if (error) {
    text_add(&sentence, ": ");
    text_add_errno(&sentence, error);
  }
  say(sentence.bytes);
}

void fail(const char *what, const char *path, long error) {
  struct text sentence, line;
  text_start(&sentence, what);
  if (path) {
    text_add(&sentence, ": ");
    text_add(&sentence, path);
  }
  if (error) {
    text_add(&sentence, ": ");
    text_add_errno(&sentence, error);
  }
  /* A cut-off path must not cut off the end of the JSON. */
  if (sentence.used > 1200) sentence.bytes[sentence.used = 1200] = 0;
  text_start(&line, "{\"error\":");
  text_add_json(&line, sentence.bytes);
  text_add(&line, "}\n");
  sys_write(CONTROL_FD, line.bytes, line.used);
  say(sentence.bytes);
  if (fail_clean_up) fail_clean_up();
  sys_exit(EXIT_SETUP);
}

long must(long result, const char *what, const char *path) {
  if (result < 0) fail(what, path, result);
  return result;
}
