import { expect, test } from "bun:test";
import type { Thread } from "../../core/index.ts";
import type { Event } from "../../protocol/index.ts";
import { tempProject } from "../../testkit/index.ts";
import { fakeHost } from "../fixtures/host.ts";
import { jsonTo } from "./json-to.ts";

const events: Event[] = [
  { seq: 1, type: "error", message: "own" },
  { seq: 0, type: "error", message: "a child's", thread_id: "child" },
];
const thread = (missed_from: number | null) =>
  ({
    thread_id: "t",
    read: () => ({
      missed_from,
      [Symbol.asyncIterator]: async function* () {
        yield* events;
      },
    }),
  }) as unknown as Thread;

test("lines of a thread and of its children, and what a slow reader missed is told", async () => {
  using p = tempProject();
  const { host, said } = fakeHost({ cwd: p.dir, home: p.dir, moat_home: p.dir });
  const opened = await jsonTo("lines", host);
  if (!opened.ok) throw new Error(opened.message);
  opened.watch(thread(7));
  for (const close of host.closing) await close();
  expect(
    p
      .read("lines")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { type: "thread.started", thread_id: "t", schema_version: 1 },
    { type: "error", message: "own" },
    { type: "error", message: "a child's", thread_id: "child" },
  ]);
  expect(said.stderr).toContain("has only what came before event 7");
});
