import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FileSnapshot, PlannedWrite } from "./contract.ts";
import { look, realIo } from "./io.ts";
import { hashContent, isAlive, isAtomic, type Journal, openJournal, readJournals } from "./journal.ts";
import { type Workspace, workspace } from "./testing.ts";

function snapshot(path: string): FileSnapshot {
  const found = look(path);
  if (found?.kind !== "file") throw new Error(`${path} is no file`);
  return found.snapshot;
}

/** One of each kind of write. */
function writes(space: Workspace): Record<"create" | "replace" | "overwrite" | "remove", PlannedWrite> {
  const [old, content] = [join(space.root, "old"), [Buffer.from("new")]];
  return {
    create: { op: "create", path: join(space.root, "a/b/new"), shown: "a/b/new", content, mode: 0o644 },
    replace: { op: "replace", path: old, shown: "old", before: snapshot(old), content, mode: 0o644, in_place: false },
    overwrite: { op: "replace", path: old, shown: "old", before: snapshot(old), content, mode: 0o644, in_place: true },
    remove: { op: "remove", path: old, shown: "old", before: snapshot(old) },
  };
}

const beside = (space: Workspace, n: number, i: number, suffix: string) =>
  join(space.root, `.moat-patch-${process.pid}-${n}-${i}.${suffix}`);

describe("a journal", () => {
  test("says what will be done, before anything is, to nobody else", () => {
    using space = workspace({ old: "old" });
    const { create, replace, overwrite, remove } = writes(space);
    const { path, journal } = openJournal(realIo, space.journal, [create, replace, overwrite, remove]);
    const [old, fresh] = [join(space.root, "old"), hashContent([Buffer.from("new")])];
    const id = `${process.pid}-0`;
    expect(path).toBe(join(space.journal, `${id}.json`));
    expect(journal).toEqual({
      version: 1,
      owner: { pid: process.pid, started: expect.stringMatching(/^\d+$/) },
      directories: [join(space.root, "a"), join(space.root, "a/b")],
      steps: [
        { op: "create", path: create.path, staged: join(space.root, `a/b/.moat-patch-${id}-0.new`), new_hash: fresh },
        {
          op: "replace",
          path: old,
          staged: beside(space, 0, 1, "new"),
          backup: beside(space, 0, 1, "old"),
          new_hash: fresh,
        },
        {
          op: "overwrite",
          path: old,
          staged: join(space.journal, `${id}-2.new`),
          backup: join(space.journal, `${id}-2.old`),
          old_hash: hashContent([Buffer.from("old")]),
          old_mode: statSync(old).mode & 0o7777,
        },
        { op: "remove", path: old, backup: beside(space, 0, 3, "old") },
      ],
    });
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(journal);
    expect([statSync(path).mode & 0o777, statSync(space.journal).mode & 0o777]).toEqual([0o600, 0o700]);
    expect([existsSync(join(space.root, "a")), readFileSync(old, "utf8")]).toEqual([false, "old"]);
  });

  test("of a single replacement needs no hash: it is one rename, and a new name is one link", () => {
    using space = workspace({ old: "old" });
    const { create, replace, overwrite, remove } = writes(space);
    const here: PlannedWrite = { ...create, path: join(space.root, "new") };
    const open = (...list: PlannedWrite[]) => openJournal(realIo, space.journal, list).journal;
    expect(open(replace).steps[0]).toMatchObject({ op: "replace", new_hash: "" });
    const alone = { replace, here, create, overwrite, remove };
    const atomic = Object.entries(alone).filter(([, write]) => isAtomic(open(write)));
    expect(atomic.map(([name]) => name)).toEqual(["replace", "here"]);
    expect([open(replace, here), open(here, remove)].map(isAtomic)).toEqual([false, false]);
  });

  test("is on the disk before it begins, but where nothing could be undone", () => {
    using space = workspace({ old: "old" });
    const { replace, create } = writes(space);
    const durable: boolean[] = [];
    const io: typeof realIo = {
      ...realIo,
      writeNew: (path, content, options) => {
        durable.push(options.durable);
        realIo.writeNew(path, content, options);
      },
    };
    openJournal(io, `${space.journal}1`, [replace]);
    openJournal(io, `${space.journal}2`, [replace, create]);
    expect(durable).toEqual([false, true]);
  });

  test("takes names that nothing has, of its own and of what it will make", () => {
    using space = workspace({ old: "old" });
    const { create, replace, remove } = writes(space);
    const number = (write: PlannedWrite) =>
      Number(/-(\d+)\.json$/.exec(openJournal(realIo, space.journal, [write]).path)?.[1]);
    mkdirSync(space.journal);
    writeFileSync(join(space.journal, `${process.pid}-0.json`), "");
    writeFileSync(join(space.journal, `${process.pid}-1.done`), "");
    expect(number(replace)).toBe(2);
    writeFileSync(beside(space, 3, 0, "new"), "");
    symlinkSync("/proc/nowhere", beside(space, 4, 0, "old"));
    expect(number(replace)).toBe(5);
    // What is removed is only moved away: nothing is staged for it.
    expect(number(remove)).toBe(3);
    expect(number(remove)).toBe(6);
    mkdirSync(join(space.root, "a/b"), { recursive: true });
    writeFileSync(join(space.root, `a/b/.moat-patch-${process.pid}-7-0.new`), "");
    expect(number(create)).toBe(4);
    expect(number(create)).toBe(8);
  });

  test("that cannot be written is an error", () => {
    using space = workspace({ old: "old" });
    writeFileSync(space.journal, "");
    expect(() => openJournal(realIo, space.journal, [writes(space).replace])).toThrow();
  });
});

describe("journals that are read", () => {
  const JOURNAL: Journal = { version: 1, owner: { pid: 1, started: null }, directories: [], steps: [] };

  test("are those that are whole, in order, each with how far it came; the rest was never begun and goes", () => {
    using space = workspace();
    mkdirSync(space.journal);
    const put = (name: string, content: unknown) =>
      writeFileSync(join(space.journal, name), typeof content === "string" ? content : JSON.stringify(content));
    put("2.done", JOURNAL);
    put("1.json", JOURNAL);
    put("3.new", "kept");
    const broken = {
      "4.json": '{"version":1,',
      "5.json": { ...JOURNAL, version: 2 },
      "6.done": { ...JOURNAL, steps: 1 },
    };
    for (const [name, content] of Object.entries({ ...broken, "7.json": { ...JOURNAL, directories: null } }))
      put(name, content);
    expect(readJournals(space.journal)).toEqual([
      { path: join(space.journal, "1.json"), journal: JOURNAL, done: false },
      { path: join(space.journal, "2.done"), journal: JOURNAL, done: true },
    ]);
    expect(
      ["1.json", "2.done", "3.new", "4.json", "5.json", "6.done", "7.json"].filter((name) =>
        existsSync(join(space.journal, name)),
      ),
    ).toEqual(["1.json", "2.done", "3.new"]);
  });

  test("are none where there is no directory; what is no directory is an error", () => {
    using space = workspace({ f: "" });
    expect(readJournals(space.journal)).toEqual([]);
    expect(() => readJournals(join(space.root, "f"))).toThrow("ENOTDIR");
  });
});

test("a process lives that is there and is the one that began", async () => {
  using space = workspace({ old: "" });
  const { owner } = openJournal(realIo, space.journal, [writes(space).replace]).journal;
  expect(isAlive(owner)).toBe(true);
  expect(isAlive({ ...owner, started: null })).toBe(true);
  expect(isAlive({ ...owner, started: "1" })).toBe(false);
  const gone = Bun.spawn(["true"]);
  await gone.exited;
  expect(isAlive({ pid: gone.pid, started: null })).toBe(false);
});

test("a content is told by its bytes, in however many pieces", () => {
  const [a, b] = [Buffer.from("ab"), Buffer.from("c")];
  expect(hashContent([a, b])).toBe(hashContent([Buffer.from("abc")]));
  expect(hashContent([])).toBe(hashContent([Buffer.alloc(0)]));
  expect(hashContent([a])).not.toBe(hashContent([a, b]));
});
