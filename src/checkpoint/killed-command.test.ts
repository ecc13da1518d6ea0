// The recorder or the launcher is killed while a command destroys things: what is known is said, and all of it is taken back.
import { describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { until } from "../sandbox/harness.suite.ts";
import { killTurn, recordings } from "./launched.suite.ts";
import { openLab, picture } from "./simulate.suite.ts";
import { planUndo } from "./stored.ts";

/** Over all settings and both victims together. */
const KILLS = process.env.MOAT_TEST_FULL === "1" ? 100 : 12;
const offered = process.platform === "linux" ? await recordings() : [];
const VICTIMS = ["launcher", "recorder"] as const;

const FILES = 40;
/** Each file is treated in one of these ways. Bytes of the journal for all of them together, about. */
const JOURNAL = 14_000;
const DESTROY = `i=0; while [ $i -lt ${FILES} ]; do
case $((i % 5)) in 0) rm -f d/f$i;; 1) echo new > d/f$i;; 2) echo n > n; mv n d/f$i;; 3) mkdir -p e$i; mv d/f$i e$i/;; 4) chmod 700 d/f$i; ln -s x d/l$i;; esac
i=$((i + 1)); done; rm -rf d/deep; mv d moved`;

function fill(root: string): void {
  fs.mkdirSync(join(root, "d/deep/deeper"), { recursive: true });
  for (let i = 0; i < FILES; i++) fs.writeFileSync(join(root, `d/f${i}`), `was ${i}\n`);
  fs.writeFileSync(join(root, "d/deep/deeper/f"), "deep");
}

/** The launcher's only child watches over the command, and records. Either may be gone already. */
function kill(launcher: number, victim: (typeof VICTIMS)[number]): void {
  try {
    const children = fs.readFileSync(`/proc/${launcher}/task/${launcher}/children`, "utf8");
    process.kill(victim === "launcher" ? launcher : Number(children.trim() || launcher), "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

describe.skipIf(offered.length === 0)("a command whose", () => {
  const each = offered.flatMap((recording) => VICTIMS.map((victim) => [victim, recording.name, recording] as const));
  test.each(each)("%s is killed is undone all the same (%s)", async (victim, _, recording) => {
    const moments = Math.ceil(KILLS / each.length);
    for (let moment = 0; moment < moments; moment++) {
      using lab = openLab();
      fill(lab.root);
      const before = picture(lab.root);
      // From the first record to somewhat beyond the last.
      const size = 64 + (moment * JOURNAL * 1.1) / moments;
      await killTurn(recording, lab, "0", DESTROY, async (launcher, capture) => {
        const reached = () => fs.lstatSync(join(capture, "journal")).size > size;
        await until(() => reached() || hasEnded(launcher));
        kill(launcher, victim);
      });
      const planned = await planUndo(lab.stored, { turns: 1 });
      if (planned.ok) {
        // Without an end nobody knows whether that was all.
        const unknown = planned.value.gaps.filter(({ reason }) => reason !== "not_recorded");
        expect(unknown).toEqual([]);
        expect(await lab.undo()).toMatchObject({ conflicts: [], failures: [] });
      }
      expect(picture(lab.root)).toEqual(before);
    }
  });
});

/** A zombie has no descriptors that could be listed, and nothing more to say. */
function hasEnded(pid: number): boolean {
  try {
    return /^State:\s+[ZX]/m.test(fs.readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch {
    return true;
  }
}
