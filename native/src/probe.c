#include "probe.h"

#include "landlock.h"
#include "sys.h"
#include "text.h"

int probe(void) {
  struct text line = {0};
  text_add(&line, "{\"abi\":");
  text_add_number(&line, landlock_abi());
  text_add(&line, ",\"namespaces\":false");
  text_add(&line, "}\n");
  return sys_write(1, line.bytes, line.used) == (long)line.used ? 0 : 1;
}
