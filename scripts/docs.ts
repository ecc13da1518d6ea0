// Writes the reference pages that are generated from code. A test (src/config/reference.test.ts) fails when they are stale.
import { join } from "node:path";
import { generatedDocs } from "../src/config/schema/reference.ts";

const docs = join(import.meta.dir, "..", "docs");
for (const [name, text] of Object.entries(generatedDocs())) {
  await Bun.write(join(docs, name), text);
  console.log(`docs/${name}`);
}
