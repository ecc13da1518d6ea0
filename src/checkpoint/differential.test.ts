// Random commands, really run and recorded by the launcher, leave no difference when they are undone, and redo brings theirs back.
import { afterAll, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { makeBase, remove } from "../sandbox/harness.suite.ts";
import { pictureOfWork, type RecordedTurn, recordings, runRecorded } from "./launched.suite.ts";
import { makeRandomTree, randomOf, randomScript } from "./random-commands.suite.ts";
import { type Lab, openLab } from "./simulate.suite.ts";

const CASES = process.env.MOAT_TEST_FULL === "1" ? 1000 : 60;
/** Of how many one is a repository, in which git changes the files. */
const GIT_EVERY = 10;
const base = makeBase();
afterAll(() => remove(base));
const offered = process.platform === "linux" ? await recordings() : [];

const GIT = "git -c user.name=u -c user.email=u@example.org -c core.fsync=none";

/** A repository with two branches, made once. */
function repository(): string {
  const path = join(base, "repository");
  if (fs.existsSync(path)) return path;
  fs.mkdirSync(path);
  const script = `${GIT} init -q -b one && mkdir s t && for i in 1 2 3 4; do echo $i > s/$i; echo $i > t/$i; done && chmod +x s/1 && ln -s s/2 l &&
git add -A && ${GIT} commit -qm one && git checkout -q -b two && git rm -q -r t && echo other > s/1 && chmod -x s/1 && rm l && echo l > l && mkdir n && echo n > n/n &&
git add -A && ${GIT} commit -qm two && git checkout -q one`;
  const made = Bun.spawnSync(["sh", "-c", script], { cwd: path, env: { PATH: process.env.PATH ?? "", HOME: base } });
  if (made.exitCode !== 0) throw new Error(made.stderr.toString());
  return path;
}

/** What a script does in a tree, undone and redone. `what` is said when that leaves a difference. */
async function hold(recording: RecordedTurn, lab: Lab, script: string): Promise<void> {
  const before = pictureOfWork(lab.root);
  await runRecorded(recording, lab, "0", script);
  const after = pictureOfWork(lab.root);
  const planned = await lab.undo().catch((error: unknown) => String(error));
  if (typeof planned === "string") expect([planned, after]).toEqual([expect.stringContaining("No turn"), before]);
  else expect(planned).toMatchObject({ conflicts: [], gaps: [], failures: [] });
  expect(pictureOfWork(lab.root)).toEqual(before);
  if (typeof planned === "string") return;
  expect(await lab.redo()).toMatchObject({ conflicts: [], failures: [] });
  expect(pictureOfWork(lab.root)).toEqual(after);
}

function script(lab: Lab, seed: number): string {
  const random = randomOf(seed);
  if (seed % GIT_EVERY !== 0) return randomScript(makeRandomTree(lab.root, random), random);
  Bun.spawnSync(["cp", "-a", `${repository()}/.`, lab.root]);
  const changes = randomScript(["s", "t", "s/1", "t/2", "l"], random);
  return `git checkout -q two; ${changes}; git stash -q -u; git checkout -q one; git stash pop -q`;
}

describe.skipIf(offered.length === 0)("undo of what a random command did", () => {
  for (const [i, recording] of offered.entries()) {
    const seeds = Array.from({ length: CASES }, (_, seed) => seed + 1).filter((seed) => seed % offered.length === i);
    test(
      `${seeds.length} of them (${recording.name})`,
      async () => {
        for (const seed of seeds) {
          using lab = openLab();
          const commands = script(lab, seed);
          await hold(recording, lab, commands).catch((error: unknown) => {
            throw new Error(`seed ${seed}: ${commands}\n${error instanceof Error ? error.message : error}`);
          });
        }
      },
      CASES * 2000,
    );
  }
});
