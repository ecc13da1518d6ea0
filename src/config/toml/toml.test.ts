import { expect, test } from "bun:test";
import fc from "fast-check";
import { stringify } from "smol-toml";
import { parseToml } from "./toml.ts";

test("the quick parser reads what smol-toml writes", async () => {
  const scalar = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 3 }, scalar, fc.array(scalar), fc.dictionary(fc.string(), tie("any"))),
  })).any;
  const property = fc.asyncProperty(fc.dictionary(fc.string(), value), async (table) => {
    const parsed = await parseToml(stringify(table), "f");
    // Numbers that happen to be whole are written as 1.0 and read as 1: the same in JavaScript.
    expect(parsed).toEqual({ ok: true, table: JSON.parse(JSON.stringify(table)) });
  });
  await fc.assert(property, { numRuns: 300 });
});

test("a mistake has its place and its line", async () => {
  expect(await parseToml("a = 1\nb = = 1\n", "f")).toMatchObject({
    ok: false,
    error: { file: "f", line: 2, column: 5 },
  });
  expect(await parseToml("a = 1\na = 2\n", "f")).toMatchObject({
    ok: false,
    error: { line: 2, message: expect.stringContaining("at `a = …`") },
  });
});
