import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { openLab, picture } from "./simulate.suite.ts";
import { applyUndo, listTurns, planUndo } from "./stored.ts";

describe("one turn, undone and redone", () => {
  const files = {
    "src/a.txt": "a\n",
    "src/deep/b.txt": "b\n",
    "x.sh": "#!/bin/sh\n",
    "g.txt": "long content\n",
    "old/in.txt": "in\n",
  };
  const cases: Record<string, Parameters<ReturnType<typeof openLab>["command"]>[0]> = {
    "a new file": (c, r) => c.write(join(r, "new.txt"), "new"),
    "a file written into": (c, r) => c.write(join(r, "g.txt"), "short"),
    "a file written over (sed -i)": (c, r) => c.replace(join(r, "g.txt"), "other"),
    "a file removed": (c, r) => c.unlink(join(r, "g.txt")),
    "a tree removed": (c, r) => c.removeAll(join(r, "src")),
    "a directory renamed": (c, r) => c.rename(join(r, "src"), join(r, "lib")),
    "a directory renamed, and a file of it changed": (c, r) => {
      c.rename(join(r, "src"), join(r, "lib"));
      c.write(join(r, "lib/deep/b.txt"), "changed");
      c.write(join(r, "lib/deep/new.txt"), "new");
    },
    "a file changed, then its directory renamed": (c, r) => {
      c.write(join(r, "src/deep/b.txt"), "changed");
      c.rename(join(r, "src"), join(r, "lib"));
    },
    "two names swapped": (c, r) => {
      c.rename(join(r, "src"), join(r, "tmp"));
      c.rename(join(r, "old"), join(r, "src"));
      c.rename(join(r, "tmp"), join(r, "old"));
    },
    "a directory moved into a new one": (c, r) => {
      c.mkdir(join(r, "new"));
      c.rename(join(r, "src"), join(r, "new/src"));
      c.write(join(r, "new/src/a.txt"), "changed");
      c.write(join(r, "new/other.txt"), "other");
    },
    "a directory in a file's place": (c, r) => {
      c.unlink(join(r, "g.txt"));
      c.mkdir(join(r, "g.txt"));
      c.write(join(r, "g.txt/in"), "in");
    },
    "a file in a directory's place": (c, r) => {
      c.removeAll(join(r, "old"));
      c.write(join(r, "old"), "file");
    },
    "an empty directory made and one removed": (c, r) => {
      c.mkdir(join(r, "empty"));
      c.unlink(join(r, "old/in.txt"));
      c.rmdir(join(r, "old"));
    },
    permissions: (c, r) => {
      c.chmod(join(r, "x.sh"), 0o755);
      c.chmod(join(r, "src"), 0o700);
    },
    links: (c, r) => {
      c.symlink("g.txt", join(r, "soft"));
      c.link(join(r, "g.txt"), join(r, "hard"));
    },
    "a file of a directory that its owner closed": (c, r) => {
      c.unlink(join(r, "src/deep/b.txt"));
      c.chmod(join(r, "src/deep"), 0o500);
      c.chmod(join(r, "old"), 0o000);
    },
    "a file that its owner closed": (c, r) => {
      c.write(join(r, "g.txt"), "changed");
      c.chmod(join(r, "g.txt"), 0o000);
    },
    "a file written into and replaced, whose other name lies where nothing else happens": (c, r) => {
      c.write(join(r, "linked.txt"), "changed");
      c.replace(join(r, "linked.txt"), "replaced");
    },
    "a file changed through a new name": (c, r) => {
      c.link(join(r, "src/deep/b.txt"), join(r, "new.txt"));
      c.chmod(join(r, "new.txt"), 0o600);
      c.append(join(r, "new.txt"), "more");
    },
    "all of the page": (c, r) => {
      c.removeAll(join(r, "src"));
      c.replace(join(r, "g.txt"), "sed");
      c.rename(join(r, "old"), join(r, "b"));
      c.mkdir(join(r, "c"));
      c.chmod(join(r, "x.sh"), 0o755);
      c.symlink("nowhere", join(r, "f"));
      c.write(join(r, "g.txt"), "");
    },
  };
  for (const [name, act] of Object.entries(cases)) {
    test(name, async () => {
      using lab = openLab(files);
      fs.linkSync(join(lab.root, "src/deep/b.txt"), join(lab.root, "linked.txt"));
      const before = picture(lab.root);
      await lab.command(act);
      const after = picture(lab.root);
      expect(after).not.toEqual(before);
      const undone = await lab.undo();
      expect(undone).toMatchObject({ conflicts: [], gaps: [], failures: [] });
      expect(picture(lab.root)).toEqual(before);
      const redone = await lab.redo();
      expect(redone).toMatchObject({ conflicts: [], gaps: [], failures: [] });
      expect(picture(lab.root)).toEqual(after);
      expect(await lab.undo()).toMatchObject({ conflicts: [], failures: [] });
      expect(picture(lab.root)).toEqual(before);
    });
  }

  test("a patch: a file changed, one made in a new directory, one removed", async () => {
    using lab = openLab(files);
    const before = picture(lab.root);
    const paths = ["g.txt", "n/m/new.txt", "x.sh"].map((name) => join(lab.root, name));
    await lab.patch(paths, () => {
      fs.writeFileSync(join(lab.root, "g.txt"), "patched");
      fs.mkdirSync(join(lab.root, "n/m"), { recursive: true });
      fs.writeFileSync(join(lab.root, "n/m/new.txt"), "new");
      fs.rmSync(join(lab.root, "x.sh"));
    });
    const [turn] = listTurns(lab.stored);
    expect(turn?.changes.map(({ path, kind, by }) => [path.slice(lab.root.length), kind, by])).toEqual([
      ["/g.txt", "update", "patch"],
      ["/n", "create", "patch"],
      ["/n/m", "create", "patch"],
      ["/n/m/new.txt", "create", "patch"],
      ["/x.sh", "delete", "patch"],
    ]);
    await lab.undo();
    expect(picture(lab.root)).toEqual(before);
  });
});

describe("a turn of which nothing is recorded", () => {
  const unrecorded = async (lab: ReturnType<typeof openLab>) => {
    const checkpoints = await lab.open();
    checkpoints.begin("blind");
    checkpoints.missed("call-x", "nobody could look into it");
    await checkpoints.close();
  };

  test("is named before anything is done, and is not called taken back", async () => {
    using lab = openLab();
    await unrecorded(lab);
    const plan = await planUndo(lab.stored, { turns: 1 });
    if (!plan.ok) throw new Error(plan.message);
    expect(plan.value.gaps).toMatchObject([{ reason: "not_recorded", path: null }]);
    const done = await applyUndo(lab.stored, plan.value, { force: true });
    expect(done).toMatchObject({ ok: false, message: expect.stringContaining("nobody could look into it") });
    expect(listTurns(lab.stored).map(({ state }) => state)).toEqual(["done"]);
  });

  test("together with a turn before it: that one alone is taken back", async () => {
    using lab = openLab({ "a.txt": "a\n" });
    await lab.command((c, r) => c.write(join(r, "a.txt"), "changed\n"));
    await unrecorded(lab);
    const outcome = await lab.undo({ turns: 2 });
    expect(outcome).toMatchObject({ gaps: [{ reason: "not_recorded" }], turns: [{ number: 1 }] });
    expect(fs.readFileSync(join(lab.root, "a.txt"), "utf8")).toBe("a\n");
    expect(listTurns(lab.stored).map(({ state }) => state)).toEqual(["done", "undone"]);
    await lab.redo();
    expect(fs.readFileSync(join(lab.root, "a.txt"), "utf8")).toBe("changed\n");
  });
});
