// kill -9 at random moments of a process that writes a thread.
import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { HistoryItem } from "../protocol/index.ts";
import { linesOf } from "../testkit/index.ts";
import { startChild, writeForEver } from "./children.suite.ts";
import { RolloutWriter, readThread, rolloutPath } from "./index.ts";
import { isLocked } from "./lock.ts";
import { lockOf } from "./paths.ts";
import { tempHome } from "./sample.suite.ts";

const KILLS = process.env.MOAT_TEST_FULL === "1" ? 200 : 10;

/** Runs the writer, kills it after one of its first 30 events in a turn, and returns the seqs that it said were written. */
async function killedRun(path: string, id: string): Promise<number[]> {
  const child = startChild(writeForEver, [path, id]);
  const seqs: number[] = [];
  let turns = 0;
  let left = Math.random() * 30;
  for await (const line of linesOf(child.stdout)) {
    const [seq, type] = line.split(" ");
    seqs.push(Number(seq));
    if (type === "turn.started") turns++;
    // It goes on meanwhile, and what it had said is read to the end.
    if (turns > 0 && left-- < 1) child.kill("SIGKILL");
  }
  await child.exited;
  return seqs;
}

function callIds(history: HistoryItem[], kind: "call" | "output"): string[] {
  const end = kind === "call" ? /_call$/ : /_call_output$/;
  return history.flatMap((item) => ("call_id" in item && end.test(item.type) ? [item.call_id] : []));
}

describe("kill -9", () => {
  test(`${KILLS} times: what was written is there once, and the thread goes on`, async () => {
    using home = tempHome();
    const id = "0198f000-0000-7000-8000-000000000001";
    const path = rolloutPath(home.dir, id, new Date("2026-03-04T05:06:07.000Z"));
    const written: number[] = [];
    let torn = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      written.push(...(await killedRun(path, id)));
      expect(isLocked(lockOf(path))).toBe(false);
      torn += readThread(path).damaged.length;
    }
    // Opening cuts off what the last kill tore.
    const writer = new RolloutWriter(path, () => new Date("2026-03-04T05:06:07.000Z"));
    writer.open();
    writer.close();
    const thread = readThread(path);
    expect(thread.damaged).toEqual([]);
    expect(thread.thread_id).toBe(id);
    const seqs = Bun.JSONL.parse(await Bun.file(path).text()).map((line) => (line as { seq: number }).seq);
    expect(new Set(seqs).size).toBe(seqs.length);
    expect(seqs.toSorted((a, b) => a - b)).toEqual(seqs);
    const there = new Set(seqs);
    expect(written.filter((seq) => !there.has(seq))).toEqual([]);
    // A killed turn may leave a call without an output, never the other way round, and never a second of either.
    const [calls, outputs] = [callIds(thread.history, "call"), callIds(thread.history, "output")];
    expect(outputs.filter((call) => !calls.includes(call))).toEqual([]);
    expect(new Set(outputs).size).toBe(outputs.length);
    expect(thread.turns).toBeGreaterThanOrEqual(KILLS);
    expect(torn).toBeLessThanOrEqual(KILLS);
    expect(readdirSync(dirname(path))).toEqual([basename(path)]);
  });
});
