// What undo costs grows with what there is to undo, not with its square. Counted, not timed: looks into maps and lists, and calls that
// read a file.
import { expect, spyOn, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { openLab, picture } from "./simulate.suite.ts";
import { applyUndo, planUndo } from "./stored.ts";

/** Two sizes, one four times the other. */
const FEW = 25;
const MANY = 4 * FEW;
/** What is four times as much may cost that, and a little more. */
const LINEAR = 4 * 1.1;

/** Entries that lists and maps looked at while something ran: a search counts for as many as the list has. */
async function looksOf(act: () => Promise<unknown>): Promise<number> {
  let looks = 0;
  const restored = [
    ...SEARCHES.map((name) => counted(Array.prototype, name, (list) => list.length)),
    ...KEYED.map((name) => counted(Map.prototype, name, () => 1)),
  ];
  function counted(of: object, name: string, entries: (list: { length: number }) => number): () => void {
    const original = Reflect.get(of, name) as (...args: unknown[]) => unknown;
    Object.defineProperty(of, name, {
      configurable: true,
      writable: true,
      value(this: { length: number }, ...args: unknown[]) {
        looks += entries(this);
        return original.apply(this, args);
      },
    });
    return () => Object.defineProperty(of, name, { configurable: true, writable: true, value: original });
  }
  try {
    await act();
  } finally {
    for (const restore of restored) restore();
  }
  return looks;
}
const SEARCHES = ["some", "find", "filter", "includes", "indexOf", "findLast"] as const;
const KEYED = ["get", "has"] as const;

const names = (count: number) => Array.from({ length: count }, (_, i) => `f${i}`);
/** Looks of a plan for two turns that change files, between which somebody else does: each path is a conflict. */
async function looksOfMeeting(count: number, how: "write" | "replace"): Promise<number> {
  using lab = openLab(Object.fromEntries(names(count).map((name) => [name, "old\n"])));
  const turn = (content: string) =>
    lab.command((c, r) => {
      for (const name of names(count)) c[how](join(r, name), `${name} ${content}`);
    });
  await turn("first\n");
  for (const name of names(count)) {
    const path = join(lab.root, name);
    if (how === "replace") fs.rmSync(path);
    fs.writeFileSync(path, `${name} by a person\n`);
  }
  await turn("second, and longer\n");
  return looksOf(async () => {
    const plan = await planUndo(lab.stored, { turns: 2 });
    if (!plan.ok) throw new Error(plan.message);
    expect(plan.value.conflicts).toHaveLength(count);
  });
}

const CASES = [
  ["wrote into", "write", "by one look at each record"],
  ["put in the place of others", "replace", "and a path is said once without a search"],
] as const;
test.each(CASES)("files that somebody else %s between two turns are found (%s) %s", async (_, how) => {
  const few = await looksOfMeeting(FEW, how);
  expect((await looksOfMeeting(MANY, how)) / few).toBeLessThan(LINEAR);
});

test("what a call left is read once when its content is compressed, however many files it changed", async () => {
  const reads: number[] = [];
  for (const count of [FEW, MANY]) {
    using lab = openLab(Object.fromEntries(names(count).map((name) => [name, `${name}\n`])));
    using read = spyOn(Bun, "zstdDecompressSync");
    await lab.command((c, r) => {
      for (const name of names(count)) c.write(join(r, name), `${name}, changed\n`);
    });
    reads.push(read.mock.calls.length);
  }
  expect(reads[1]).toBe(reads[0] ?? -1);
});

test("what a plan found is done where nobody was asked; else the disk is looked at anew", async () => {
  for (const unasked of [true, false]) {
    using lab = openLab({ "a.txt": "a\n", "b.txt": "b\n" });
    await lab.command((c, r) => {
      for (const name of ["a.txt", "b.txt"]) c.unlink(join(r, name));
    });
    const plan = await planUndo(lab.stored, { turns: 1 });
    if (!plan.ok) throw new Error(plan.message);
    fs.writeFileSync(join(lab.root, "a.txt"), "by a person\n");
    const done = await applyUndo(lab.stored, plan.value, { force: false, unasked });
    if (!done.ok) throw new Error(done.message);
    const { conflicts, failures } = done.value;
    expect(conflicts.map(({ why }) => why)).toEqual(unasked ? [] : ["made after the turn"]);
    expect(failures.map(({ why }) => why)).toEqual(unasked ? ["something else stands there now"] : []);
    // Either way nothing of a person's is lost.
    expect(fs.readFileSync(join(lab.root, "a.txt"), "utf8")).toBe("by a person\n");
    expect(fs.readFileSync(join(lab.root, "b.txt"), "utf8")).toBe("b\n");
    // What a plan found is done once.
    expect(await applyUndo(lab.stored, plan.value, { force: false, unasked })).toMatchObject({ ok: false });
    // Nor is it taken for what the undo left there.
    await lab.redo();
    expect(fs.readdirSync(lab.root)).toEqual(["a.txt"]);
    expect(fs.readFileSync(join(lab.root, "a.txt"), "utf8")).toBe("by a person\n");
  }
});

/** Paths of files that are opened while something runs. */
async function opened(act: () => Promise<unknown>): Promise<string[]> {
  using open = spyOn(fs, "openSync");
  await act();
  return open.mock.calls.map(([path]) => String(path));
}

test("an undo of many files reads none of those that it moves back", async () => {
  const reads: number[] = [];
  for (const count of [10, 1001]) {
    using lab = openLab(Object.fromEntries(names(count).map((name) => [name, `${name}\n`])));
    const before = picture(lab.root);
    await lab.command((c, r) => {
      for (const name of names(count)) c.unlink(join(r, name));
    });
    const paths = await opened(() => lab.undo());
    reads.push(paths.filter((path) => path.startsWith(`${lab.root}/`)).length);
    expect(picture(lab.root)).toEqual(before);
    // So what was only saved anew is somebody's, where there are many.
    fs.utimesSync(join(lab.root, "f3"), 1, 1);
    expect((await lab.redo()).conflicts).toHaveLength(count === 10 ? 0 : 1);
    expect(fs.readdirSync(lab.root)).toEqual(count === 10 ? [] : ["f3"]);
  }
  expect(reads).toEqual([10, 0]);
});
