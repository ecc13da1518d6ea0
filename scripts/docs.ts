// Writes the reference pages that are generated from code. Tests (src/config/schema/reference.test.ts, src/app/keymap/keymap.test.ts) fail when they are stale.
import { join } from "node:path";
import { keysPage } from "../src/app/keymap/page.ts";
import { generatedDocs } from "../src/config/schema/reference.ts";

const docs = join(import.meta.dir, "..", "docs");
for (const [name, text] of Object.entries({ ...generatedDocs(), "keys.md": keysPage() })) {
  await Bun.write(join(docs, name), text);
  console.log(`docs/${name}`);
}
