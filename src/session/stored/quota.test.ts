import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listBlobs } from "../blobs.ts";
import { sampleTurn, type TempHome, tempHome } from "../sample.suite.ts";
import { archiveThread, planGc, runGc, storeSize } from "../store.ts";

const HOUR = 60 * 60 * 1000;
const NOW = new Date("2026-06-01T00:00:00.000Z");
const day = (n: number) => `2026-03-${String(n).padStart(2, "0")}T00:00:00.000Z`;
const output = (letter: string) =>
  Array.from({ length: 70_000 }, (_, n) => Bun.hash(`${letter}${n}`).toString(36)[0]).join("");
const plan = (home: TempHome, more: { quota?: number; keep?: string[]; now?: Date } = {}) =>
  planGc(home.dir, { now: NOW, ...more });
const ids = ({ threads }: Awaited<ReturnType<typeof planGc>>) => threads.map(({ thread }) => thread.thread_id);
const sizeOf = (path: string) => statSync(path).size;

describe("blobs that nobody refers to", () => {
  test("go when they were not used for more than an hour, with what killed writers left", async () => {
    using home = tempHome();
    const path = home.thread("a", sampleTurn(0, { output: output("a") }));
    const kept = home.thread("b", sampleTurn(0, { output: output("b") }));
    rmSync(path);
    const [stray] = listBlobs(join(home.dir, "blobs")).filter(({ used }) => used > 0 && existsSync(kept));
    if (!stray) throw new Error("no blob");
    for (const blob of listBlobs(join(home.dir, "blobs"))) utimesSync(blob.path, NOW, NOW);
    writeFileSync(`${stray.path}.77`, "left");
    utimesSync(`${stray.path}.77`, NOW, NOW);
    const after = (ms: number) => plan(home, { now: new Date(NOW.getTime() + ms) });
    expect((await after(HOUR)).blobs).toEqual([]);
    const late = await after(HOUR + 1);
    expect(late.blobs).toHaveLength(2);
    expect(late.frees).toBe(late.blobs.reduce((sum, { bytes }) => sum + bytes, 0));
    expect(late.blobs.map(({ hash }) => hash).includes("")).toBe(true);
    runGc(late);
    expect(listBlobs(join(home.dir, "blobs"))).toHaveLength(1);
  });

  test("stay when they came into use after the plan", async () => {
    using home = tempHome();
    rmSync(home.thread("a", sampleTurn(0, { output: output("a") })));
    const late = await plan(home, { now: new Date(Date.now() + 2 * HOUR) });
    for (const { path } of late.blobs) utimesSync(path, NOW, NOW);
    runGc(late);
    expect(late.blobs).toHaveLength(1);
    expect(listBlobs(join(home.dir, "blobs"))).toHaveLength(1);
  });
});

test("what somebody else removed meanwhile is removed", async () => {
  using home = tempHome();
  const path = home.thread("a", sampleTurn(0, { output: output("a") }), day(1));
  home.thread("b", sampleTurn(0, { output: output("b") }), day(2));
  const late = await plan(home, { quota: 0 });
  for (const { path: blob } of listBlobs(join(home.dir, "blobs"))) rmSync(blob);
  rmSync(path);
  runGc(late);
  expect(storeSize(home.dir)).toMatchObject({ threads: 0, bytes: 0 });
});

describe("threads", () => {
  test("stay while they fit, to the byte", async () => {
    using home = tempHome();
    const [a, b] = [home.thread("a", sampleTurn(0), day(1)), home.thread("b", sampleTurn(0), day(2))];
    const bytes = sizeOf(a) + sizeOf(b);
    expect(await plan(home, { quota: bytes })).toEqual({ bytes, quota: bytes, frees: 0, blobs: [], threads: [] });
    const one = await plan(home, { quota: bytes - 1 });
    expect([ids(one), one.frees]).toEqual([["a"], sizeOf(a)]);
    expect(ids(await plan(home, { quota: sizeOf(b) - 1 }))).toEqual(["a", "b"]);
  });

  test("go from the archive first, then the least recently used, but those that are kept or written", async () => {
    using home = tempHome();
    const paths = ["a", "b", "c", "d"].map((id, n) => home.thread(id, sampleTurn(0), day(n + 1)));
    archiveThread(paths[2] ?? "", true);
    expect(ids(await plan(home, { quota: 0 }))).toEqual(["c", "a", "b", "d"]);
    expect(ids(await plan(home, { quota: 0, keep: ["c", "b"] }))).toEqual(["a", "d"]);
    const writer = home.writer("a", day(1));
    writer.open();
    expect(ids(await plan(home, { quota: 0 }))).toEqual(["c", "b", "d"]);
    writer.close();
  });

  test("that came into use after the plan stay, with their blobs", async () => {
    using home = tempHome();
    const path = home.thread("a", sampleTurn(0, { output: output("a") }), day(1));
    const all = await plan(home, { quota: 0 });
    const writer = home.writer("a", day(1));
    writer.open();
    runGc(all);
    writer.close();
    expect([existsSync(path), listBlobs(join(home.dir, "blobs")).length]).toEqual([true, 1]);
    runGc(all);
    expect([existsSync(path), listBlobs(join(home.dir, "blobs")).length]).toEqual([false, 0]);
  });

  test("share blobs: one goes with the last thread that names it", async () => {
    using home = tempHome();
    const [shared, own] = [output("s"), output("o")];
    home.thread("a", [...sampleTurn(0, { output: shared }), ...sampleTurn(1, { output: own })], day(1));
    home.thread("b", sampleTurn(0, { output: shared }), day(2));
    home.thread("c", sampleTurn(0, { output: shared }), day(3));
    const all = await plan(home, { quota: 0 });
    expect(all.threads.map(({ blobs }) => blobs.length)).toEqual([1, 0, 1]);
    expect(all.frees).toBe(all.bytes);
    const [first] = all.threads;
    expect(first?.frees).toBe((first?.thread.bytes ?? 0) + (first?.blobs[0]?.bytes ?? 0));
  });
});

test("the size is that of rollouts and blobs; a file that is gone is none", () => {
  using home = tempHome();
  expect(storeSize(home.dir)).toEqual({ threads: 0, rollout_bytes: 0, blob_bytes: 0, bytes: 0, quota: 1024 ** 3 });
  const path = home.thread("a", sampleTurn(0, { output: output("a") }));
  const [blob] = listBlobs(join(home.dir, "blobs"));
  const [rollout_bytes, blob_bytes] = [sizeOf(path), blob?.bytes ?? 0];
  mkdirSync(join(home.dir, "other"));
  expect(storeSize(home.dir, 5)).toEqual({
    threads: 1,
    rollout_bytes,
    blob_bytes,
    bytes: rollout_bytes + blob_bytes,
    quota: 5,
  });
});
