// Every kind of block, and everything that stands below the conversation, at three widths.
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { SafeText } from "../../term/index.ts";
import { expectGolden } from "../../testkit/golden.suite.ts";
import type { Block, Look } from "./contract.ts";
import { block, whole } from "./index.ts";
import { PANELS } from "./panels.suite.ts";
import { BLOCKS, lookOf } from "./samples.suite.ts";

const file = (name: string) => join(import.meta.dir, "fixtures", name);
const LINKS = /\x1b\]8;;[^\x1b]*\x1b\\/g;

function conversation(
  look: Look,
  draw: (block: Block, look: Look, above: Block | null) => readonly SafeText[],
): string {
  let above: Block | null = null;
  const lines = BLOCKS.flatMap((one) => {
    const own = draw(one, look, above);
    if (own.length > 0) above = one;
    return own;
  });
  return `${lines.map((line) => String(line).replace(LINKS, "")).join("\n")}\n`;
}

const panels = (look: Look) =>
  `${Object.entries(PANELS)
    .map(([name, draw]) => [`== ${name}`, ...draw(look).map((line) => String(line).replace(LINKS, ""))].join("\n"))
    .join("\n")}\n`;

for (const columns of [40, 80, 120]) {
  test(`the conversation at ${columns} columns`, () =>
    expectGolden(file(`blocks-${columns}.txt`), conversation(lookOf(columns), block)));
  test(`what stands below it at ${columns} columns`, () =>
    expectGolden(file(`panels-${columns}.txt`), panels(lookOf(columns))));
}

test("unfolded", () => expectGolden(file("whole-80.txt"), conversation(lookOf(80), whole)));

test("in colours", () => {
  const text = conversation(lookOf(80, { colours: "16" }), block).replaceAll("\x1b[", "␛[");
  return expectGolden(file("colours-80.txt"), text);
});

test("for screen readers: words, no signs, nothing that is repainted", async () => {
  const look = lookOf(80, { words: true });
  const text = conversation(look, block) + panels(look);
  expect(text).not.toMatch(/[›±✓✗▸▰▱]|^[$·!?–] /m);
  await expectGolden(file("words-80.txt"), text);
});
