import { expect, test } from "bun:test";
import { paced } from "./watch.ts";

/** How many pauses so many reads take, each of which waits so long. */
async function pauses(waits_ms: readonly number[]): Promise<number> {
  let time = 0;
  let count = 0;
  const waits = [...waits_ms];
  const timer = (ms: number, callback: () => void) => {
    time += ms;
    count++;
    callback();
    return () => {};
  };
  const wait = async () => {
    time += waits.shift() ?? 0;
  };
  const read = paced(wait, { now: () => time, timer });
  for (const _ of waits_ms) await read();
  return count;
}

test("a stream that is waited for is read at once", async () => {
  expect(await pauses(Array(200).fill(5))).toBe(0);
  expect(
    await pauses(
      Array(200)
        .fill([...Array(31).fill(0), 5])
        .flat(),
    ),
  ).toBe(0);
});

test("a flood is read with pauses, until it ends", async () => {
  expect(await pauses(Array(100).fill(0))).toBe(68);
  expect(await pauses([...Array(40).fill(0), 5, ...Array(32).fill(0)])).toBe(9);
});
