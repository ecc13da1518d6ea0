import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { listKeys } from "./keys-list.ts";
import { generatedDocs } from "./reference.ts";

for (const [name, text] of Object.entries(generatedDocs())) {
  test(`docs/${name} is what the schema gives; if not, run: bun scripts/docs.ts`, () => {
    expect(readFileSync(join(import.meta.dir, "../../../docs", name), "utf8")).toBe(text);
  });
}

test("every key has a meaning in one line, ending with a full stop", () => {
  expect(
    listKeys()
      .filter(({ leaf }) => !/^[^\n]{8,160}[.]$/.test(leaf.about))
      .map(({ key }) => key),
  ).toEqual([]);
});

test("every default is of its key's own type", () => {
  const context = { base: "/", home: "/" };
  const rows = listKeys().filter(({ leaf }) => leaf.fallback !== null);
  expect(rows.filter(({ leaf }) => leaf.type.read(leaf.fallback, context) === undefined).map(({ key }) => key)).toEqual(
    [],
  );
});
