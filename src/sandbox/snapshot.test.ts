import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { tempProject } from "../testkit/index.ts";
import { type CopyCache, isOnlyWatched, MAX_COPIED_BYTES, MAX_NODES, type Snapshot, take } from "./snapshot.ts";

const trees: { remove(): void }[] = [];
afterAll(() => {
  for (const tree of trees) tree.remove();
});
function tree(files: Record<string, string | Uint8Array>) {
  const made = tempProject(files);
  trees.push(made);
  return made;
}

interface Options {
  room?: number;
  nodes?: number;
  open?: string[];
  before?: Snapshot;
  cache?: CopyCache;
  watched?: boolean;
}
function look(path: string, options: Options = {}) {
  const { room = MAX_COPIED_BYTES, nodes = MAX_NODES, open = [], before, cache = new Map(), watched } = options;
  const into: Snapshot = new Map();
  take(
    path,
    { cache, into, room: { bytes: room, nodes }, open: new Set(open), ...(before ? { before } : {}) },
    watched,
  );
  return into;
}
/** A node in a word: `file 644 text`, `directory 755 a b`, with `git` and `watched` behind it. */
function words(all: Snapshot, root: string): Record<string, string> {
  const line = ([path, node]: [string, Snapshot extends Map<string, infer N> ? N : never]): [string, string] => {
    const name = relative(root, path) || ".";
    const mode = "mode" in node ? [node.mode.toString(8)] : [];
    const body =
      node.kind === "file"
        ? [node.bytes === null ? "-" : Buffer.from(node.bytes).toString()]
        : node.kind === "symlink"
          ? [node.target]
          : node.kind === "directory"
            ? [...node.entries.toSorted(), ...(node.git ? ["git"] : [])]
            : [];
    return [name, [node.kind, ...mode, ...body, ...("watched" in node && node.watched ? ["watched"] : [])].join(" ")];
  };
  return Object.fromEntries([...all].map(line));
}

describe("a look", () => {
  test("takes files with their bytes, links as they are, and directories with what is in them", () => {
    const one = tree({ "a/x": "text", "a/y": "" });
    chmodSync(one.path("a/y"), 0o4755);
    chmodSync(one.path("a"), 0o750);
    symlinkSync("x", one.path("a/link"));
    Bun.spawnSync(["mkfifo", one.path("a/pipe")]);
    expect(words(look(one.path("a")), one.path("a"))).toEqual({
      ".": "directory 750 link pipe x y",
      x: "file 644 text",
      y: "file 4755 ",
      link: "symlink x",
      pipe: "other",
    });
    expect(words(look(one.path("none")), one.dir)).toEqual({ none: "absent" });
  });

  test("takes the launcher's stand-in for nothing", () => {
    const one = tree({ stand: "", "not/empty": "" });
    const day = new Date(86_400_000);
    chmodSync(one.path("stand"), 0o1444);
    utimesSync(one.path("stand"), day, day);
    chmodSync(one.path("not/empty"), 0o444);
    utimesSync(one.path("not/empty"), day, day);
    expect(words(look(one.dir), one.dir)).toMatchObject({ stand: "absent", "not/empty": "file 444 " });
  });

  test("tells what was changed and put back from what was left alone", () => {
    const one = tree({ a: "x", b: "x" });
    const id = (all: Snapshot, name: string) => (all.get(one.path(name)) as { id: string }).id;
    const [first, second] = [look(one.dir), look(one.dir)];
    expect(id(second, "a")).toBe(id(first, "a"));
    writeFileSync(one.path("a"), "y");
    writeFileSync(one.path("a"), "x");
    const third = look(one.dir);
    expect(id(third, "a")).not.toBe(id(first, "a"));
    expect(id(third, "b")).toBe(id(first, "b"));
  });

  test("leaves out what may be written", () => {
    const one = tree({ "a/open/x": "", "a/y": "" });
    expect(words(look(one.path("a"), { open: [one.path("a/open")] }), one.path("a"))).toEqual({
      ".": "directory 755 y",
      y: "file 644 ",
    });
  });

  test("keeps copies up to a megabyte each, and no more than there is room for", () => {
    const bytes = (size: number) => Buffer.alloc(size, "x");
    const one = tree({ large: bytes((1 << 20) + 1), just: bytes(1 << 20) });
    const kept = (all: Snapshot, name: string) =>
      (all.get(one.path(name)) as { bytes: Uint8Array | null }).bytes?.length ?? null;
    const all = look(one.dir);
    expect([kept(all, "large"), kept(all, "just")]).toEqual([null, 1 << 20]);
    expect(kept(look(one.dir, { room: 1 << 20 }), "just")).toBe(1 << 20);
    expect(kept(look(one.dir, { room: (1 << 20) - 1 }), "just")).toBeNull();
    const two = tree({ a: "xx", b: "yy" });
    const left = words(look(two.dir, { room: 3 }), two.dir);
    expect([left.a, left.b].toSorted()).toEqual([
      "file 644 -",
      left.a === "file 644 -" ? "file 644 yy" : "file 644 xx",
    ]);
  });

  test("looks into no more directories once there are that many nodes, and into the same ones when it compares", () => {
    const one = tree({ "a/b/c": "" });
    const before = look(one.dir, { nodes: 2 });
    expect(words(before, one.dir)).toEqual({ ".": "directory 700 a", a: "directory 755 b", "a/b": "other" });
    expect(look(one.dir, { before })).toEqual(before);
    writeFileSync(one.path("a/b/d"), "");
    const id = (all: Snapshot) => (all.get(one.path("a/b")) as { id: string }).id;
    expect(id(look(one.dir, { before }))).not.toBe(id(before));
  });

  test("reads a file that did not change only once", () => {
    const one = tree({ a: "one" });
    const cache: CopyCache = new Map();
    look(one.dir, { cache });
    const known = cache.get(one.path("a"));
    cache.set(one.path("a"), { id: known?.id ?? "", bytes: Buffer.from("kept") });
    expect(words(look(one.dir, { cache }), one.dir).a).toBe("file 644 kept");
    writeFileSync(one.path("a"), "two");
    expect(words(look(one.dir, { cache }), one.dir).a).toBe("file 644 two");
  });

  test("that only compares copies nothing", () => {
    const one = tree({ a: "one" });
    expect(words(look(one.dir, { before: look(one.dir) }), one.dir).a).toBe("file 644 -");
    expect(words(look(one.dir, { watched: true }), one.dir)).toEqual({
      ".": "directory 700 a watched",
      a: "file 644 - watched",
    });
  });
});

describe("a git directory", () => {
  const files = Object.fromEntries(
    [
      "HEAD",
      "index",
      "config",
      "config.worktree",
      "commondir",
      "gitdir",
      "packed-refs",
      "hooks/x",
      "info/x",
      "modules/m",
      "refs/x",
      "objects/x",
      "logs/x",
      "lfs/x",
      "rr-cache/x",
    ].map((name) => [name, "b"]),
  );

  test("is looked at where git takes what it executes, and watched where the user's own git writes", () => {
    const one = tree(files);
    expect(words(look(one.dir), one.dir)).toEqual({
      ".": "directory 700 HEAD commondir config config.worktree gitdir hooks index info modules packed-refs refs git",
      HEAD: "file 644 - watched",
      index: "file 644 - watched",
      "packed-refs": "file 644 - watched",
      refs: "directory 755 x watched",
      "refs/x": "file 644 - watched",
      config: "file 644 b",
      "config.worktree": "file 644 b",
      commondir: "file 644 b",
      gitdir: "file 644 b",
      hooks: "directory 755 x",
      "hooks/x": "file 644 b",
      info: "directory 755 x",
      "info/x": "file 644 b",
      modules: "directory 755 m",
      "modules/m": "file 644 b",
    });
    expect(["hooks", "config", "refs", "HEAD"].map(isOnlyWatched)).toEqual([false, false, true, true]);
  });

  test("is one when it has HEAD and objects, and stays what it was in a second look", () => {
    const one = tree({ "d/HEAD": "", "d/x": "" });
    const git = (all: Snapshot) => (all.get(one.path("d")) as { git: boolean }).git;
    const first = look(one.dir);
    expect(git(first)).toBe(false);
    mkdirSync(one.path("d/objects"));
    expect(git(look(one.dir))).toBe(true);
    expect(git(look(one.dir, { before: first }))).toBe(false);
    const second = look(one.dir);
    rmSync(one.path("d/HEAD"));
    expect(git(look(one.dir, { before: second }))).toBe(true);
  });
});

test("what an earlier look did not look into is not looked into now", () => {
  const one = tree({ "d/x": "" });
  const before: Snapshot = new Map([[one.path("d"), { kind: "other", id: "1" }]]);
  const all = words(look(one.dir, { before }), one.dir);
  expect(all).toEqual({ ".": expect.stringContaining("directory"), d: "other" });
});
