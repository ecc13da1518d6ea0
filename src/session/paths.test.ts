import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { blobsOf, findRollout, listRollouts, lockOf, movedPath, rolloutPath, threadIdOf } from "./paths.ts";
import { tempHome } from "./sample.suite.ts";

const ID = "0198f000-0000-7000-8000-000000000001";
const NAME = `rollout-2026-03-04T05-06-07-${ID}.jsonl`;

test("a new thread lies below its day, and its name says when and which", () => {
  const path = rolloutPath("/home", ID, new Date("2026-03-04T05:06:07.890Z"));
  expect(path).toBe(`/home/threads/2026/03/04/${NAME}`);
  expect(threadIdOf(path)).toBe(ID);
  expect(lockOf(path)).toBe(`${path}.lock`);
});

test("only a rollout's name tells a thread", () => {
  for (const name of [
    `x${NAME}`,
    `${NAME}.lock`,
    "rollout-2026-03-04T05-06-07-.jsonl",
    `rollout-26-03-04T05-06-07-${ID}.jsonl`,
  ])
    expect(threadIdOf(`/home/threads/2026/03/04/${name}`)).toBe("");
});

test("to the archive and back; a file elsewhere has no place there", () => {
  const live = `/home/threads/2026/03/04/${NAME}`;
  const archived = `/home/archived/2026/03/04/${NAME}`;
  expect([movedPath(live, true), movedPath(live, false)]).toEqual([archived, live]);
  expect([movedPath(archived, false), movedPath(archived, true)]).toEqual([live, archived]);
  for (const path of [`/home/${NAME}`, `/home/others/2026/03/04/${NAME}`, `/home/threads/2026/03/04/x/${NAME}`])
    expect(movedPath(path, true)).toBeNull();
});

test("blobs lie in the home, or beside a file that lies elsewhere", () => {
  expect(blobsOf(`/home/archived/2026/03/04/${NAME}`)).toBe("/home/blobs");
  expect(blobsOf(`/tmp/${NAME}`)).toBe("/tmp/blobs");
  expect(blobsOf(`/home/threads/2026/03/04/x/${NAME}`)).toBe("/home/threads/2026/03/04/x/blobs");
});

test("every rollout is found three directories down, and nothing else is", () => {
  using home = tempHome();
  const put = (path: string) => {
    mkdirSync(dirname(join(home.dir, path)), { recursive: true });
    writeFileSync(join(home.dir, path), "");
  };
  const wanted = [`threads/2026/03/04/${NAME}`, `archived/2025/12/31/rollout-2025-12-31T23-59-59-old.jsonl`];
  const others = [
    `threads/${NAME}`,
    `threads/2026/03/${NAME}`,
    `threads/2026/03/04/05/${NAME}`,
    `threads/2026/03/day/${NAME}`,
    `threads/2026/03/4x/${NAME}`,
    "threads/2026/03/04/notes.jsonl",
    `elsewhere/2026/03/04/${NAME}`,
  ];
  for (const path of [...wanted, ...others]) put(path);
  expect(listRollouts(home.dir)).toEqual([
    { path: join(home.dir, wanted[0] ?? ""), thread_id: ID, archived: false },
    { path: join(home.dir, wanted[1] ?? ""), thread_id: "old", archived: true },
  ]);
  expect(findRollout(home.dir, "old")?.archived).toBe(true);
  expect(findRollout(home.dir, "none")).toBeNull();
  expect(listRollouts(join(home.dir, "none"))).toEqual([]);
});
