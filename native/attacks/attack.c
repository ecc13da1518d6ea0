/* attack NAME [ARGUMENT]…: prints "GOT THROUGH" when it did, else why it did not. */
#include "attack.h"

int main(int argc, char **argv) {
  const struct attack *const tables[] = {file_attacks, metadata_attacks, process_attacks, socket_attacks, kernel_attacks, tracing_attacks};
  if (argc < 2) return 2;
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
    for (const struct attack *a = tables[t]; a->name; a++) {
      if (strcmp(a->name, argv[1])) continue;
      int error = a->run(argv + 2);
      if (error == 0) puts("GOT THROUGH");
      else printf("%s: %s\n", a->name, strerror(error));
      return error != 0;
    }
  }
  fprintf(stderr, "attack: no attack %s\n", argv[1]);
  return 2;
}
