// What a person makes between an undo that was killed and the one that goes on with it.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { killedAt } from "./killed.suite.ts";
import { type Lab, openLab } from "./simulate.suite.ts";
import { finishUndo, interruptedUndo } from "./stored.ts";

const NAMES = ["1", "2", "3", "4", "5", "6"].map((name) => `m/${name}`);
const FILES = Object.fromEntries([...NAMES, "w"].map((name) => [name, `${name}\n`]));
const MINE = "mine, and nobody else's\n";

/** A person writes to every path: into what is there, or a new file in its place. What was written where. */
function writeEverywhere(lab: Lab, paths: readonly string[], anew: boolean): string[] {
  return paths.filter((path) => {
    const at = join(lab.root, path);
    if (!fs.existsSync(join(at, ".."))) return false;
    if (anew) fs.rmSync(at, { force: true });
    fs.writeFileSync(at, MINE);
    return true;
  });
}

const lost = (lab: Lab, written: readonly string[]) =>
  written.filter((path) => {
    const at = join(lab.root, path);
    return !fs.existsSync(at) || fs.readFileSync(at, "utf8") !== MINE;
  });

for (const kind of ["undo", "redo"] as const)
  test(`what somebody writes after ${kind} was killed outlives the rest of it, and the way back`, async () => {
    const PATHS = [...NAMES, "y", "z/in", "w"];
    for (let moment = 3, killed = true; killed; moment += 2) {
      using lab = openLab(FILES);
      await lab.command((c, r) => {
        c.removeAll(join(r, "m"));
        c.write(join(r, "y"), "x\n");
        c.mkdir(join(r, "z"));
        c.write(join(r, "z/in"), "in\n");
        c.write(join(r, "w"), "changed\n");
      });
      if (kind === "redo") await lab.undo();
      killed = killedAt(lab, kind, moment);
      if (!killed) continue;
      const written = writeEverywhere(lab, PATHS, moment % 4 === 1);
      const finished = await finishUndo(lab.stored);
      const kept = finished.ok && finished.value ? finished.value.conflicts.map(({ path }) => path) : [];
      // What is as somebody's own was from the beginning is named by the undo that begins.
      if (finished.ok && finished.value)
        expect(kept.sort()).toEqual(expect.arrayContaining(written.map((path) => join(lab.root, path)).sort()));
      expect({ moment, lost: lost(lab, written) }).toEqual({ moment, lost: [] });
      await (kind === "undo" ? lab.redo() : lab.undo()).catch(() => null);
      expect({ moment, lost: lost(lab, written) }).toEqual({ moment, lost: [] });
    }
  }, 60_000);

/** Permissions that nobody gave anything before, a file or a directory. */
const OWN_FILE = 0o642;
const OWN_DIRECTORY = 0o751;
const isRoot = process.getuid?.() === 0;

/** A person sets permissions, or as root the owner, of all that is there. What was set, and how it looks now. */
function setEverywhere(lab: Lab, paths: readonly string[], owner: boolean): { path: string; look: () => string }[] {
  return paths.flatMap((path) => {
    const at = join(lab.root, path);
    const stats = fs.lstatSync(at, { throwIfNoEntry: false });
    if (!stats) return [];
    if (owner) fs.chownSync(at, 12, 13);
    else fs.chmodSync(at, stats.isDirectory() ? OWN_DIRECTORY : OWN_FILE);
    const facts = () => fs.lstatSync(at, { throwIfNoEntry: false });
    return [{ path, look: () => (owner ? `${facts()?.uid}:${facts()?.gid}` : `${(facts()?.mode ?? 0) & 0o7777}`) }];
  });
}

for (const owner of isRoot ? [false, true] : [false])
  test(`${owner ? "owners" : "permissions"} that somebody sets after undo was killed stay, and are named`, async () => {
    const PATHS = [...NAMES, "m", "w", "s"];
    for (let moment = 3, killed = true; killed; moment += 3) {
      using lab = openLab({ ...FILES, s: "s\n" });
      await lab.command((c, r) => {
        c.removeAll(join(r, "m"));
        c.write(join(r, "w"), "changed\n");
        c.chmod(join(r, "s"), 0o755);
      });
      killed = killedAt(lab, "undo", moment);
      if (!killed || !interruptedUndo(lab.stored)) continue;
      const set = setEverywhere(lab, PATHS, owner);
      const theirs = set.map(({ path, look }) => [path, look()]);
      const finished = await finishUndo(lab.stored);
      const kept = finished.ok && finished.value ? finished.value.conflicts.map(({ path }) => path) : [];
      expect(set.map(({ path, look }) => [path, look()])).toEqual(theirs);
      expect({ moment, kept }).toEqual({
        moment,
        kept: expect.arrayContaining(set.map(({ path }) => join(lab.root, path))),
      });
      // The rest is as it was before.
      expect(fs.readdirSync(join(lab.root, "m")).length).toBe(NAMES.length);
    }
  }, 60_000);
