// What a person makes between an undo that was killed and the one that goes on with it.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { killedAt } from "./killed.suite.ts";
import { type Lab, openLab } from "./simulate.suite.ts";
import { finishUndo } from "./stored.ts";

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
