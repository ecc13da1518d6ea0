import { expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { killedAt } from "./killed.suite.ts";
import { openLab, picture, type SimulatedCommand } from "./simulate.suite.ts";
import { finishUndo, interruptedUndo, listTurns, planRedo, planUndo } from "./stored.ts";

const full = process.env.MOAT_TEST_FULL !== undefined;
const FILES = { "a/x": "x\n", "a/y": "y\n", "b/z": "z\n", c: "c\n", d: "d\n", "e/f/g": "g\n", "s.sh": "s\n" };

function wreck(c: SimulatedCommand, root: string): void {
  const at = (name: string) => join(root, name);
  c.rename(at("a"), at("tmp"));
  c.rename(at("b"), at("a"));
  c.rename(at("tmp"), at("b"));
  c.write(at("b/x"), "changed\n");
  c.replace(at("c"), "replaced\n");
  c.unlink(at("d"));
  c.mkdir(at("d"));
  c.write(at("d/in"), "in\n");
  c.mkdir(at("new"));
  c.rename(at("e"), at("new/e"));
  c.removeAll(at("new/e/f"));
  c.chmod(at("s.sh"), 0o755);
  c.symlink("c", at("soft"));
}

for (const kind of ["undo", "redo"] as const) {
  test(`${kind} killed in the middle goes on at the next call, whenever it was`, async () => {
    for (let moment = 3; ; moment += full ? 1 : 7) {
      using lab = openLab(FILES);
      const before = picture(lab.root);
      await lab.command(wreck);
      const after = picture(lab.root);
      if (kind === "redo") await lab.undo();
      const killed = killedAt(lab, kind, moment);
      // Each file has a whole content, its own or the other.
      for (const line of picture(lab.root)) expect([...before, ...after].map(content)).toContain(content(line));
      const left = interruptedUndo(lab.stored)?.left;
      const halfway = picture(lab.root);
      // To look at it changes nothing, and nothing else can be planned meanwhile.
      if (left !== undefined) expect(await planUndo(lab.stored, { turns: 1 })).toMatchObject({ ok: false });
      expect(picture(lab.root)).toEqual(halfway);
      const finished = await finishUndo(lab.stored);
      expect(finished).toMatchObject({
        ok: true,
        value: killed && left !== undefined ? { kind, conflicts: [], failures: [] } : null,
      });
      if (left !== undefined && finished.ok) expect(finished.value?.changes.length).toBe(left);
      if (left === undefined && killed) await lab[kind]();
      const next = await (kind === "undo" ? planRedo(lab.stored) : planUndo(lab.stored, { turns: 1 }));
      expect(next).toMatchObject({ ok: true, value: { conflicts: [], gaps: [] } });
      expect(picture(lab.root)).toEqual(kind === "undo" ? before : after);
      await (kind === "undo" ? lab.redo() : lab.undo());
      expect(picture(lab.root)).toEqual(kind === "undo" ? after : before);
      if (!killed) break;
    }
  }, 120_000);
}

/** Of a file's line: its content; of another one: nothing. */
const content = (line: string) => (line.includes(" =") ? line.slice(line.lastIndexOf(' "')) : "");

test("a turn whose process was killed is closed by the next one, and undone", async () => {
  using lab = openLab({ "a.txt": "a\n", "b.txt": "b\n" });
  const before = picture(lab.root);
  const checkpoints = await lab.open();
  checkpoints.begin("killed");
  const plan = checkpoints.capture("call", "command");
  if (!plan) throw new Error("no capture");
  const { SimulatedCommand } = await import("./simulate.suite.ts");
  const command = new SimulatedCommand(plan);
  command.unlink(join(lab.root, "a.txt"));
  command.write(join(lab.root, "b.txt"), "changed\n");
  // Neither sealed nor closed, and the journal's last record is cut.
  const journal = join(plan.directory, "journal");
  fs.appendFileSync(journal, Buffer.from([0x20, 0, 0, 0, 1, 2, 3]));
  await lab.open();
  const [turn] = listTurns(lab.stored);
  expect(turn?.state).toBe("done");
  expect(turn?.gaps.map(({ reason }) => reason)).toEqual(["not_recorded"]);
  await lab.undo();
  expect(picture(lab.root)).toEqual(before);
});
