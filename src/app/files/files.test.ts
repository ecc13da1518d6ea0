// The list of files for the menu after @: what fits, how it gives way, and what a newer search does to an older one.
import { describe, expect, test } from "bun:test";
import { tempProject } from "../../testkit/index.ts";
import type { InputBody } from "../state/input.ts";
import { FileFinder } from "./finder.ts";
import { searchFiles } from "./search.ts";
import { walk } from "./walk.ts";

const signal = new AbortController().signal;

async function search(paths: readonly string[], query: string) {
  let pauses = 0;
  const all = [];
  for await (const found of searchFiles(paths, query, async () => void pauses++)) all.push(found);
  return { all, pauses, last: all.at(-1) };
}

describe("a search", () => {
  test("finds what fits, the best first, with the places of what was found", async () => {
    const { last } = await search(["docs/main.md", "src/main.ts", "src/domain/a.ts", "x.ts"], "main.ts");
    expect(last?.files[0]).toEqual({ path: "src/main.ts", matched: [4, 5, 6, 7, 8, 9, 10] });
    expect(last?.files.map(({ path }) => path)).not.toContain("x.ts");
    expect((await search(["a/B.ts", "a/b.ts"], "B")).last?.files.map(({ path }) => path)).toEqual(["a/B.ts"]);
  });

  test("of nothing gives the first", async () => {
    const paths = Array.from({ length: 60 }, (_, n) => `f${n}`);
    expect((await search(paths, "")).last).toMatchObject({ files: { length: 50 }, more: 10 });
    expect((await search([], "x")).last).toEqual({ files: [], more: 0 });
  });

  test("gives way again and again in a tree of 500,000 files", async () => {
    const paths = Array.from({ length: 500_000 }, (_, n) => `src/part${n % 700}/file${n}.ts`);
    const { pauses, last } = await search(paths, "p77file4");
    expect(pauses).toBeGreaterThan(25);
    expect(last?.files).toHaveLength(50);
    expect(last?.files[0]?.path).toContain("77");
  });
});

describe("the finder", () => {
  const finder = (listed: (signal: AbortSignal) => Promise<string | null>, cwd = "/") => {
    const given: InputBody[] = [];
    const clock = { now: 0 };
    const find = new FileFinder({
      cwd,
      listed,
      feed: (input) => given.push(input),
      now: () => clock.now,
      pause: () => Promise.resolve(),
      signal,
    });
    return { find, given, clock };
  };

  test("reads the list once for many searches, and again when it is old; odd names are left out", async () => {
    let read = 0;
    const { find, given, clock } = finder(async () => {
      read++;
      return "a.ts\0b\x1b[31m.ts\0c\nd.ts\0";
    });
    await find.find(1, "", signal);
    await find.find(2, "a", signal);
    expect(read).toBe(1);
    expect(given).toMatchObject([
      { generation: 1, files: [{ path: "a.ts" }], done: true },
      { generation: 2, files: [{ path: "a.ts" }], done: true },
    ]);
    clock.now = 10_000;
    await find.find(3, "a", signal);
    expect(read).toBe(2);
  });

  test("a newer search ends the older one", async () => {
    const list = Promise.withResolvers<string>();
    const { find, given } = finder(() => list.promise);
    const old = find.find(1, "a", signal);
    const newer = find.find(2, "a", signal);
    list.resolve("a\0");
    await Promise.all([old, newer]);
    expect(given).toMatchObject([{ generation: 2 }]);
  });

  test("the end of one search does not end the reading of the list", async () => {
    const list = Promise.withResolvers<string>();
    const { find, given } = finder(async (reading) => {
      const text = await list.promise;
      return reading.aborted ? null : text;
    });
    const abort = new AbortController();
    const old = find.find(1, "a", abort.signal);
    abort.abort();
    list.resolve("a\0");
    await old;
    await find.find(2, "a", signal);
    expect(given).toMatchObject([{ generation: 2, files: [{ path: "a" }] }]);
  });

  test("outside a repository it walks", async () => {
    using p = tempProject({ "src/a.ts": "", "b.md": "", ".hidden/x": "", "node_modules/y.js": "" });
    const { find, given } = finder(async () => null, p.dir);
    await find.find(1, "", signal);
    expect(given).toMatchObject([{ files: [{ path: "b.md" }, { path: "src/a.ts" }] }]);
    expect(await walk(p.path("nowhere"), signal)).toEqual([]);
    expect(await walk(p.dir, AbortSignal.abort())).toEqual([]);
  });
});
