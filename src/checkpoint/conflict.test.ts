import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { openLab, picture, SimulatedCommand } from "./simulate.suite.ts";
import { diffPlan, planUndo } from "./stored.ts";

/** Paths below the workspace, with the reason. */
const short = (root: string, conflicts: readonly { path: string; why: string }[]) =>
  conflicts.map(({ path, why }) => `${path.slice(root.length + 1)}: ${why}`).sort();

describe("what a person changed after the turn", () => {
  test("a file edited is kept and named, the rest is undone; force takes it back, and redo brings it again", async () => {
    using lab = openLab({ "a.txt": "a\n", "b.txt": "b\n" });
    const before = picture(lab.root);
    await lab.command((c, r) => {
      c.write(join(r, "a.txt"), "by the command\n");
      c.write(join(r, "b.txt"), "by the command\n");
    });
    fs.writeFileSync(join(lab.root, "a.txt"), "by a person\n");
    const plan = await planUndo(lab.stored, { turns: 1 });
    if (!plan.ok) throw new Error(plan.message);
    expect(short(lab.root, plan.value.conflicts)).toEqual(["a.txt: changed after the turn"]);
    const [diff] = await diffPlan(lab.stored, plan.value, "conflicts");
    expect(diff?.diff).toContain("-by a person\n+a\n");
    await lab.undo();
    expect(fs.readFileSync(join(lab.root, "a.txt"), "utf8")).toBe("by a person\n");
    expect(fs.readFileSync(join(lab.root, "b.txt"), "utf8")).toBe("b\n");
    await lab.redo();
    expect(fs.readFileSync(join(lab.root, "b.txt"), "utf8")).toBe("by the command\n");
    const mixed = picture(lab.root);
    await lab.undo({ turns: 1 }, true);
    expect(picture(lab.root)).toEqual(before);
    await lab.redo();
    expect(picture(lab.root)).toEqual(mixed);
  });

  test("a file saved anew with the same content is no conflict", async () => {
    using lab = openLab({ "a.txt": "a\n" });
    await lab.command((c, r) => c.write(join(r, "a.txt"), "changed\n"));
    fs.rmSync(join(lab.root, "a.txt"));
    fs.writeFileSync(join(lab.root, "a.txt"), "changed\n");
    expect((await lab.undo()).conflicts).toEqual([]);
    expect(fs.readFileSync(join(lab.root, "a.txt"), "utf8")).toBe("a\n");
  });

  test("a file of a person in a directory that the turn made: both stay, the turn's files go", async () => {
    using lab = openLab();
    await lab.command((c, r) => {
      c.mkdir(join(r, "new"));
      c.write(join(r, "new/made.txt"), "made");
    });
    fs.writeFileSync(join(lab.root, "new/mine.txt"), "mine");
    const outcome = await lab.undo();
    expect(short(lab.root, outcome.conflicts)).toEqual(["new/mine.txt: made after the turn"]);
    expect(fs.readdirSync(join(lab.root, "new"))).toEqual(["mine.txt"]);
  });

  const others: Record<string, { act: (root: string) => void; conflict: string }> = {
    "a file removed": { act: (r) => fs.rmSync(join(r, "a.txt")), conflict: "a.txt: removed after the turn" },
    "a file made where the turn removed one": {
      act: (r) => fs.writeFileSync(join(r, "gone.txt"), "mine"),
      conflict: "gone.txt: made after the turn",
    },
    "permissions changed": {
      act: (r) => fs.chmodSync(join(r, "a.txt"), 0o600),
      conflict: "a.txt: its permissions were changed after the turn",
    },
    "a directory in a file's place": {
      act: (r) => {
        fs.rmSync(join(r, "a.txt"));
        fs.mkdirSync(join(r, "a.txt"));
      },
      conflict: "a.txt: replaced after the turn",
    },
    "the directory above removed": {
      act: (r) => fs.rmSync(join(r, "d"), { recursive: true }),
      conflict: "d/in.txt: its directory was moved or removed: force does not go through it",
    },
    "a renamed file edited": {
      act: (r) => fs.appendFileSync(join(r, "to.txt"), "mine"),
      conflict: "to.txt: changed after the turn",
    },
  };
  for (const [name, { act, conflict }] of Object.entries(others)) {
    test(`${name}: kept as it is`, async () => {
      using lab = openLab({ "a.txt": "a\n", "gone.txt": "g\n", "d/in.txt": "in\n", "from.txt": "from\n" });
      await lab.command((c, r) => {
        c.write(join(r, "a.txt"), "changed\n");
        c.unlink(join(r, "gone.txt"));
        c.unlink(join(r, "d/in.txt"));
        c.rename(join(r, "from.txt"), join(r, "to.txt"));
      });
      act(lab.root);
      const path = join(lab.root, conflict.split(":")[0] ?? "");
      const kept = fs.existsSync(path) ? picture(path) : null;
      const outcome = await lab.undo();
      expect(short(lab.root, outcome.conflicts)).toEqual([conflict]);
      expect(outcome.failures).toEqual([]);
      expect(fs.existsSync(path) ? picture(path) : null).toEqual(kept);
    });
  }
});

describe("what a person changed between two turns that changed it, too", () => {
  const content = (root: string) => fs.readFileSync(join(root, "a.txt"), "utf8");

  test("one after the other: the later turn goes, the earlier one would take the person's work along", async () => {
    using lab = openLab({ "a.txt": "a\n", "b.txt": "b\n" });
    await lab.command((c, r) => {
      c.write(join(r, "a.txt"), "first turn\n");
      c.write(join(r, "b.txt"), "first turn\n");
    });
    fs.writeFileSync(join(lab.root, "a.txt"), "by a person\n");
    await lab.command((c, r) => c.write(join(r, "a.txt"), "second turn\n"));
    expect((await lab.undo()).conflicts).toEqual([]);
    expect(content(lab.root)).toBe("by a person\n");
    const outcome = await lab.undo();
    expect(short(lab.root, outcome.conflicts)).toEqual(["a.txt: changed between two turns"]);
    expect(outcome.changes.map(({ path }) => path)).toEqual([join(lab.root, "b.txt")]);
    expect(content(lab.root)).toBe("by a person\n");
    expect(fs.readFileSync(join(lab.root, "b.txt"), "utf8")).toBe("b\n");
  });

  test("both at once: it becomes what the person left; force goes further back", async () => {
    using lab = openLab({ "a.txt": "a\n" });
    await lab.command((c, r) => c.replace(join(r, "a.txt"), "first turn\n"));
    fs.rmSync(join(lab.root, "a.txt"));
    fs.writeFileSync(join(lab.root, "a.txt"), "by a person\n");
    await lab.command((c, r) => c.replace(join(r, "a.txt"), "second turn\n"));
    expect(short(lab.root, (await lab.undo({ turns: 2 })).conflicts)).toEqual(["a.txt: changed between two turns"]);
    expect(content(lab.root)).toBe("by a person\n");
    await lab.redo();
    expect(content(lab.root)).toBe("second turn\n");
    expect((await lab.undo({ turns: 2 }, true)).conflicts).toEqual([]);
    expect(content(lab.root)).toBe("a\n");
  });

  test("also between two calls of one turn", async () => {
    using lab = openLab({ "a.txt": "a\n" });
    const checkpoints = await lab.open();
    checkpoints.begin("turn");
    for (const by of ["one", "two"]) {
      const plan = checkpoints.capture(by, "command");
      if (!plan) throw new Error("no capture");
      const command = new SimulatedCommand(plan);
      command.write(join(lab.root, "a.txt"), `call ${by}\n`);
      command.end();
      await checkpoints.sealed(by);
      if (by === "one") fs.writeFileSync(join(lab.root, "a.txt"), "by a person\n");
    }
    await checkpoints.close();
    await checkpoints.settle();
    expect(short(lab.root, (await lab.undo()).conflicts)).toEqual(["a.txt: changed between two turns"]);
    expect(content(lab.root)).toBe("by a person\n");
  });

  test("a time alone, or the same content saved anew, is no change", async () => {
    using lab = openLab({ "a.txt": "a\n" });
    await lab.command((c, r) => c.write(join(r, "a.txt"), "first turn\n"));
    fs.utimesSync(join(lab.root, "a.txt"), 1, 1);
    await lab.command((c, r) => c.write(join(r, "a.txt"), "second turn\n"));
    expect((await lab.undo({ turns: 2 })).conflicts).toEqual([]);
    expect(content(lab.root)).toBe("a\n");
  });
});

describe("git's own", () => {
  test("is neither kept nor touched, and a repository that the turn made stays whole", async () => {
    using lab = openLab({ ".git/HEAD": "ref\n", "a.txt": "a\n" });
    await lab.command((c, r) => {
      c.write(join(r, ".git/HEAD"), "other\n");
      c.write(join(r, "a.txt"), "changed\n");
      c.mkdir(join(r, "clone"));
      c.mkdir(join(r, "clone/.git"));
      c.write(join(r, "clone/file"), "file");
    });
    const outcome = await lab.undo();
    expect(outcome.gaps.map(({ reason, path }) => [reason, path?.slice(lab.root.length)])).toEqual([["git", "/clone"]]);
    expect(fs.readFileSync(join(lab.root, ".git/HEAD"), "utf8")).toBe("other\n");
    expect(fs.readFileSync(join(lab.root, "a.txt"), "utf8")).toBe("a\n");
    expect(fs.existsSync(join(lab.root, "clone/file"))).toBe(true);
  });
});

describe("planted links", () => {
  test("a directory that became a link to outside is not followed", async () => {
    using lab = openLab({ "d/in.txt": "in\n" });
    const outside = join(lab.home, "outside");
    fs.mkdirSync(outside);
    fs.writeFileSync(join(outside, "in.txt"), "untouched");
    await lab.command((c, r) => c.write(join(r, "d/in.txt"), "changed\n"));
    fs.renameSync(join(lab.root, "d"), join(lab.home, "away"));
    fs.symlinkSync(outside, join(lab.root, "d"));
    await lab.undo({ turns: 1 }, true).catch(() => null);
    expect(fs.readFileSync(join(outside, "in.txt"), "utf8")).toBe("untouched");
    expect(fs.readdirSync(outside)).toEqual(["in.txt"]);
    expect(fs.readFileSync(join(lab.home, "away/in.txt"), "utf8")).toBe("changed\n");
  });

  test("a file that became a link to outside is replaced, not written through", async () => {
    using lab = openLab({ "a.txt": "a\n" });
    const outside = join(lab.home, "outside.txt");
    fs.writeFileSync(outside, "untouched");
    await lab.command((c, r) => {
      c.unlink(join(r, "a.txt"));
      c.symlink(outside, join(r, "a.txt"));
    });
    await lab.undo();
    expect(fs.readFileSync(outside, "utf8")).toBe("untouched");
    expect(fs.lstatSync(join(lab.root, "a.txt")).isFile()).toBe(true);
    await lab.redo();
    expect(fs.readlinkSync(join(lab.root, "a.txt"))).toBe(outside);
    expect(fs.readFileSync(outside, "utf8")).toBe("untouched");
  });
});

describe("force after an undo that kept something", () => {
  const read = (root: string, name: string) => fs.readFileSync(join(root, name), "utf8");
  const both = (c: SimulatedCommand, r: string, content: string) => {
    for (const name of ["a.txt", "b.txt"]) c.write(join(r, name), content);
  };
  /** Two turns on two files, a person's edit of one, an undo of the last turn that keeps it. */
  const kept = async (lab: ReturnType<typeof openLab>) => {
    for (const turn of ["first\n", "second\n"]) await lab.command((c, r) => both(c, r, turn));
    fs.writeFileSync(join(lab.root, "a.txt"), "by a person\n");
    expect(short(lab.root, (await lab.undo()).conflicts)).toEqual(["a.txt: changed after the turn"]);
  };

  test("overwrites that, of that turn alone; redo brings all of it back", async () => {
    using lab = openLab({ "a.txt": "a\n", "b.txt": "b\n" });
    await kept(lab);
    const outcome = await lab.undo({ turns: 1 }, true);
    expect(outcome).toMatchObject({ conflicts: [], turns: [{ number: 2 }], changes: [{ kind: "rewrite" }] });
    expect([read(lab.root, "a.txt"), read(lab.root, "b.txt")]).toEqual(["first\n", "first\n"]);
    await lab.redo();
    expect([read(lab.root, "a.txt"), read(lab.root, "b.txt")]).toEqual(["by a person\n", "second\n"]);
  });

  test("done once, it means the next turn", async () => {
    using lab = openLab({ "a.txt": "a\n", "b.txt": "b\n" });
    await kept(lab);
    await lab.undo({ turns: 1 }, true);
    expect(await lab.undo({ turns: 1 }, true)).toMatchObject({ turns: [{ number: 1 }] });
    expect([read(lab.root, "a.txt"), read(lab.root, "b.txt")]).toEqual(["a\n", "b\n"]);
  });

  test("spares what was changed after that undo", async () => {
    using lab = openLab({ "a.txt": "a\n", "b.txt": "b\n" });
    await kept(lab);
    fs.writeFileSync(join(lab.root, "b.txt"), "mine, later\n");
    const plan = await planUndo(lab.stored, { turns: 1 }, true);
    expect(plan).toMatchObject({ value: { conflicts: [{ path: join(lab.root, "a.txt") }] } });
    expect(short(lab.root, (await lab.undo({ turns: 1 }, true)).conflicts)).toEqual(["b.txt: changed after the turn"]);
    expect([read(lab.root, "a.txt"), read(lab.root, "b.txt")]).toEqual(["first\n", "mine, later\n"]);
  });

  test("a directory that holds a person's file", async () => {
    using lab = openLab();
    await lab.command((c, r) => {
      c.mkdir(join(r, "new"));
      c.write(join(r, "new/made.txt"), "made");
    });
    fs.writeFileSync(join(lab.root, "new/mine.txt"), "mine");
    await lab.undo();
    expect((await lab.undo({ turns: 1 }, true)).conflicts).toEqual([]);
    expect(fs.existsSync(join(lab.root, "new"))).toBe(false);
  });

  test("the same of redo", async () => {
    using lab = openLab({ "a.txt": "a\n", "b.txt": "b\n" });
    await lab.command((c, r) => both(c, r, "turn\n"));
    await lab.undo();
    fs.writeFileSync(join(lab.root, "a.txt"), "by a person\n");
    expect((await lab.redo()).conflicts).toHaveLength(1);
    expect(await lab.redo(true)).toMatchObject({ kind: "redo", conflicts: [] });
    expect([read(lab.root, "a.txt"), read(lab.root, "b.txt")]).toEqual(["turn\n", "turn\n"]);
    await lab.undo();
    expect(read(lab.root, "b.txt")).toBe("b\n");
  });
});
