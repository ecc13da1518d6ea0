import type { RolloutLine } from "../line.ts";
import { rolloutPath } from "../paths.ts";
import { type RawLine, Rollout } from "../read.ts";
import { RolloutError } from "../rollout.ts";
import { writeWhole } from "../write-whole.ts";

/** What a fork starts from. */
export interface ForkOptions {
  moat_home: string;
  /** Id of the new thread. */
  thread_id: string;
  date: Date;
  moat_version: string;
  /** Turns that are taken over; absent: all. */
  turns?: number;
}

/**
 * Copies a thread into a new one that names it as its origin, and returns the new rollout's path. The original may be in
 * use. What is damaged in it is left out; its name stays its own.
 */
export function forkThread(path: string, options: ForkOptions): string {
  const rollout = new Rollout(path);
  return copyThread(rollout, upToTurn(rollout, options.turns ?? Number.POSITIVE_INFINITY), options);
}

/** Writes these lines of a thread as a new one. */
export function copyThread(rollout: Rollout, lines: readonly RawLine[], options: ForkOptions): string {
  const [head] = lines;
  const first = head ? rollout.event(head) : null;
  if (first?.type !== "thread.started") throw new RolloutError("the thread has no first line: it cannot be forked");
  const { moat_home, thread_id, date, moat_version } = options;
  const timestamp = date.toISOString();
  const started: RolloutLine = { ...first, timestamp, thread_id, moat_version, forked_from: first.thread_id };
  const target = rolloutPath(moat_home, thread_id, date);
  const kept = lines.slice(1).filter((line) => line.head.type !== "thread.named");
  writeWhole(target, [JSON.stringify(started), ...kept.map((line) => line.text())]);
  return target;
}

function upToTurn({ lines }: Rollout, turns: number): RawLine[] {
  let started = 0;
  const end = lines.findIndex(({ head }) => head.type === "turn.started" && ++started > turns);
  return end === -1 ? lines : lines.slice(0, end);
}
