// Long threads and many of them: what is done with them for a person who types gives way.
import { expect, test } from "bun:test";
import { copyFileSync, readFileSync } from "node:fs";
import { pastEvents } from "../past.ts";
import { rolloutPath } from "../paths.ts";
import { sampleTurn, tempHome } from "../sample.suite.ts";
import { forkInSlices, forkThread, listThreads, rewindInSlices } from "../store.ts";

const TURNS = 200;
const events = Array.from({ length: TURNS }, (_, n) => sampleTurn(n)).flat();
const options = (moat_home: string, last: string) => ({
  moat_home,
  thread_id: `0198a0c0-0000-7000-8000-00000000000${last}`,
  date: new Date("2026-06-01T00:00:00.000Z"),
  moat_version: "0.2.0",
});

/** How often work gave way, and what came of it. */
function counted<T>(work: Generator<undefined, T>): { breaks: number; value: T } {
  for (let breaks = 0; ; breaks++) {
    const next = work.next();
    if (next.done) return { breaks, value: next.value };
  }
}

test("a fork gives way while it is read and while it is written, and is the same as one that does not", () => {
  using home = tempHome();
  const path = home.thread("t", events);
  const { breaks, value } = counted(forkInSlices(path, options(home.dir, "a")));
  expect(breaks).toBeGreaterThan(events.length / 100);
  const whole = forkThread(path, options(home.dir, "b"));
  const told = (file: string) => readFileSync(file, "utf8").replaceAll(/-00000000000[ab]/g, "");
  expect(told(value)).toBe(told(whole));
  expect([...pastEvents(value)]).toHaveLength([...pastEvents(path)].length);
});

test("going back gives way", () => {
  using home = tempHome();
  const { breaks, value } = counted(rewindInSlices(home.thread("t", events), 1, options(home.dir, "c")));
  expect(value.text).toBe(`prompt ${TURNS - 1}`);
  expect(breaks).toBeGreaterThan((4 * events.length) / 100);
});

test("a fork that is given up while it is written leaves nothing", () => {
  using home = tempHome();
  const work = forkInSlices(home.thread("t", events), options(home.dir, "d"));
  let file = rolloutPath(home.dir, options(home.dir, "d").thread_id, options(home.dir, "d").date);
  file = `${file}.${process.pid}`;
  const there = () => {
    try {
      return readFileSync(file).length >= 0;
    } catch {
      return false;
    }
  };
  while (!there()) expect(work.next().done).toBe(false);
  work.return("");
  expect(there()).toBe(false);
});

test("a list of many threads gives way", async () => {
  using home = tempHome();
  const first = home.thread("t", sampleTurn(0));
  const count = 2100;
  for (let n = 1; n < count; n++) {
    const id = `0198a0c0-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
    copyFileSync(first, first.replace(/-t\.jsonl$/, `-${id}.jsonl`));
  }
  let breaks = 0;
  let done = false;
  const watch = () => {
    breaks++;
    if (!done) setImmediate(watch);
  };
  setImmediate(watch);
  const threads = await listThreads(home.dir);
  done = true;
  expect(threads).toHaveLength(count);
  expect(breaks).toBeGreaterThanOrEqual(4);
});
