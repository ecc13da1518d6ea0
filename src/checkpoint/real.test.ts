// Real commands, recorded by the launcher, taken back and brought again.
import { afterAll, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { CaptureRange, type CaptureSetting, NOBODY } from "../sandbox/capture/place.suite.ts";
import { makeBase, policyFor, remove, run, sh } from "../sandbox/harness.suite.ts";
import { openCheckpoints } from "./live.ts";
import { picture } from "./simulate.suite.ts";
import { applyUndo, planRedo, planUndo } from "./stored.ts";

const base = makeBase();
afterAll(() => remove(base));
const range = process.platform === "linux" && process.getuid?.() === 0 ? new CaptureRange(base) : null;

const SETTINGS: CaptureSetting[] = [
  { tier: "ns", uid: 0 },
  { tier: "ns", uid: NOBODY },
  { tier: "landlock", uid: 0 },
  { tier: "landlock", uid: NOBODY },
  { tier: "none", uid: 0 },
];

/** A workspace, a home and a thread, whose turns are one script each. */
class RealLab {
  readonly #range: CaptureRange;
  readonly #setting: CaptureSetting;
  readonly #place;
  readonly root: string;
  readonly stored;
  #turns = 0;

  constructor(range: CaptureRange, setting: CaptureSetting) {
    this.#range = range;
    this.#setting = setting;
    this.#place = range.place(setting.uid);
    this.root = this.#place.inside;
    const moatHome = join(this.root, "..", "..", "home");
    fs.mkdirSync(moatHome);
    this.stored = { threadId: "real", moatHome, now: () => new Date() };
  }

  /** Runs a script as the setting's user, unrecorded. */
  prepare(script: string): void {
    const { exitCode, stderr } = Bun.spawnSync(["sh", "-c", script], { cwd: this.root, stderr: "pipe" });
    if (exitCode !== 0) throw new Error(stderr.toString());
    this.#range.own(this.#place);
  }

  async turn(script: string) {
    const checkpoints = await openCheckpoints({ ...this.stored, root: this.root, enabled: true });
    const name = `turn-${this.#turns++}`;
    checkpoints.begin(name);
    const plan = checkpoints.capture(name, "command");
    if (!plan) throw new Error("no capture");
    const { uid } = this.#setting;
    for (const each of ["", "links", "epoch"]) fs.chownSync(join(plan.directory, each), uid, uid);
    // On the way to it, as a user's own home lets him.
    for (let at = join(plan.directory, ".."); at !== base; at = join(at, "..")) fs.chmodSync(at, 0o755);
    const mode = this.#setting.tier === "none" ? "danger-full-access" : "workspace-write";
    const policy = policyFor(this.root, { mode, writable: [this.#place.writable], capture: plan });
    const ended = await run(this.#range.box(this.#setting), sh(script), policy, this.root);
    expect(ended.report).toMatchObject({ captured: true });
    await checkpoints.sealed(name);
    const changes = await checkpoints.close();
    await checkpoints.settle();
    return { ...ended, changes };
  }

  async undo(turns = 1) {
    return this.#apply(await planUndo(this.stored, { turns }));
  }

  async redo() {
    return this.#apply(await planRedo(this.stored));
  }

  async #apply(plan: Awaited<ReturnType<typeof planUndo>>) {
    if (!plan.ok) throw new Error(plan.message);
    const outcome = await applyUndo(this.stored, plan.value, { force: false });
    if (!outcome.ok) throw new Error(outcome.message);
    return outcome.value;
  }
}

const CLEAN = { conflicts: [], gaps: [], failures: [] };
const TREE = `mkdir -p src/deep old empty; for f in a b c; do seq 100 > src/$f.txt; echo $f > src/deep/$f; done
echo in > old/in; printf '#!/bin/sh\\n' > x.sh; seq 1000 > g; echo t > t; ln t t2; ln -s g soft; chmod 640 t; mkfifo pipe`;

const WAYS: Record<string, string> = {
  "everything of the page": "rm -rf src; sed -i s/5/x/ g; mv old b; mkdir c; chmod +x x.sh; ln -s e f; truncate -s 3 t",
  "a heredoc": "cat > g <<'X'\nother\nX\nrm t",
  python: `python3 -c "
import os, mmap, shutil
f = open('g', 'r+b'); m = mmap.mmap(f.fileno(), 0); m[0:2] = b'XX'; m.flush()
shutil.rmtree('src/deep'); os.rename('src', 'lib'); os.mkdir('src'); os.replace('t', 'src/t'); open('lib/a.txt', 'a').write('more'); os.remove('pipe')
"`,
  "a background job": "(sleep 0.05; echo late > g; rm -r old) & wait",
  tar: "tar cf all.tar src && rm -r src && tar xf all.tar && rm all.tar",
  "moved away to where nothing is recorded": "mv src ../elsewhere/; mv g ../elsewhere/",
  "hard links written through each name": "echo more >> t2; rm t; ln t2 t3; mv t2 src/",
};

for (const setting of SETTINGS) {
  describe.skipIf(range === null)(`${setting.tier}, uid ${setting.uid}`, () => {
    for (const [name, script] of Object.entries(WAYS)) {
      test(name, async () => {
        if (!range?.offers(setting)) return;
        const lab = new RealLab(range, setting);
        lab.prepare(TREE);
        const before = picture(lab.root);
        const ended = await lab.turn(script);
        expect(ended).toMatchObject({ exit: 0, stderr: "" });
        const after = picture(lab.root);
        expect(after).not.toEqual(before);
        expect(await lab.undo()).toMatchObject(CLEAN);
        expect(picture(lab.root)).toEqual(before);
        expect(await lab.redo()).toMatchObject(CLEAN);
        expect(picture(lab.root)).toEqual(after);
      });
    }
  });
}
