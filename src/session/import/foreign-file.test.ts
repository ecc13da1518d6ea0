// Files of others are read in pieces, whatever is in them.
import { expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempHome } from "../sample.suite.ts";
import { sessionsBelow } from "./find.ts";
import { ForeignFile } from "./foreign-file.ts";
import { Losses } from "./losses.ts";

const MIB = 1024 ** 2;

/** The objects of a file twice, as trees go through it, and what was said of the rest. */
function read(content: string | Buffer, inMemory = false) {
  using home = tempHome();
  const path = join(home.dir, "x.jsonl");
  writeFileSync(path, content);
  const file = new ForeignFile(path, inMemory ? Buffer.from(content) : null);
  const losses = new Losses();
  const [first, second] = [[...file.lines()], [...file.lines()]];
  file.tell(losses);
  expect(second).toEqual(first);
  return { values: first, warnings: losses.warnings };
}

test.each([false, true])("lines of any length, across the pieces that they are read in (in memory: %p)", (inMemory) => {
  const lines = [0, 1, 255, 256, 257, 1023, 1024, 1025, 3000].map((kib) => ({ kib, text: "ä".repeat(kib * 512) }));
  const text = lines.map((line) => JSON.stringify(line)).join("\n");
  for (const content of [text, `${text}\n`, `\n\n${text}\n\n`]) expect(read(content, inMemory).values).toEqual(lines);
});

test("what is no object is counted; what was cut off, too", () => {
  expect(read('{"a":1}\n[1]\nnull\n7\n"x"\n{"b":\n{"c":3}\n{"d":')).toEqual({
    values: [{ a: 1 }, { c: 3 }],
    warnings: ["6 lines damaged and left out"],
  });
  expect(read(Buffer.from([0xff, 0xfe, 0x0a, 0x7b, 0x7d]))).toEqual({
    values: [{}],
    warnings: ["1 line damaged and left out"],
  });
  expect(read("")).toEqual({ values: [], warnings: [] });
});

test("a line of 50 MB is left out and said, and what stands around it is read", () => {
  const long = `{"x":"${"y".repeat(50 * MIB)}"}`;
  expect(read(`{"a":1}\n${long}\n{"b":2}\n${long}`)).toEqual({
    values: [{ a: 1 }, { b: 2 }],
    warnings: ["2 lines left out, longer than 32 MiB"],
  });
});

test("what is no file cannot be read, and says why", () => {
  using home = tempHome();
  expect(() => [...new ForeignFile(home.dir).lines()]).toThrow("a directory");
  expect(() => [...new ForeignFile(join(home.dir, "none")).lines()]).toThrow("there is no such file");
});

test("sessions are found through links, in no circle, and what cannot be looked at is passed over", () => {
  using home = tempHome();
  const dir = join(home.dir, "a", "b");
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "one.jsonl"), "");
  symlinkSync(join(home.dir, "a"), join(dir, "up"));
  symlinkSync(join(dir, "self"), join(dir, "self"));
  symlinkSync(join(dir, "one.jsonl"), join(home.dir, "two.jsonl"));
  symlinkSync(join(dir, "gone"), join(home.dir, "three.jsonl"));
  const found = sessionsBelow(home.dir, /\.jsonl$/).map(({ file }) => file);
  expect(found.sort()).toEqual([join(dir, "one.jsonl"), join(home.dir, "two.jsonl")]);
  expect(sessionsBelow(join(home.dir, "none"), /./)).toEqual([]);
});
