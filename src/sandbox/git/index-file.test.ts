// The index as git wrote it, in each of its forms, and as nobody should find it.
import { afterAll, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePlace } from "../fixture.ts";
import { parseIndex, readIndexFile } from "./index-file.ts";
import { isGitPart } from "./names.ts";

const base = makePlace("index");
afterAll(() => rmSync(base, { recursive: true, force: true }));
const env = { PATH: process.env.PATH ?? "", HOME: base, GIT_CONFIG_NOSYSTEM: "1" };
let made = 0;

/** A repository with long, deep and odd but allowed names, and a submodule in the index. */
function repository(init: string[], settings: string[][] = []): { git_dir: string; git(...args: string[]): string } {
  const path = join(base, String(++made));
  mkdirSync(path);
  const git = (...args: string[]) => execFileSync("git", args, { cwd: path, env, encoding: "utf8", stdio: "pipe" });
  git("init", "-q", ...init);
  for (const setting of settings) git("config", ...setting);
  for (const name of ["a", ".gitignore", "git", "d/.github/x", "d/e/f/g", "x".repeat(200), "ünï/\ttab", "z..y"]) {
    mkdirSync(join(path, name, ".."), { recursive: true });
    writeFileSync(join(path, name), "");
  }
  git("add", "-A");
  const hash = init.includes("--object-format=sha256") ? "1".repeat(64) : "1".repeat(40);
  git("update-index", "--add", "--cacheinfo", `160000,${hash},sub/part`);
  return { git_dir: join(path, ".git"), git };
}

const CLEAN = { gitlinks: ["sub/part"], odd: [], sparse: false };

describe("what git wrote is read", () => {
  const forms: [string, string[], string[][]][] = [
    ["version 2", [], []],
    ["version 4", [], [["index.version", "4"]]],
    ["SHA-256", ["--object-format=sha256"], []],
    ["split", [], [["core.splitIndex", "true"]]],
    ["with more behind it", [], [["core.untrackedCache", "true"]]],
  ];
  for (const [name, init, settings] of forms) {
    test(name, () => {
      const { git_dir, git } = repository(init, settings);
      git("status");
      expect(readIndexFile(git_dir)?.facts).toEqual(CLEAN);
      writeFileSync(join(git_dir, "../later"), "");
      git("add", "later");
      expect(readIndexFile(git_dir)?.facts).toEqual(CLEAN);
    });
  }

  test("version 3, with names that are only meant", () => {
    const { git_dir, git } = repository([]);
    writeFileSync(join(git_dir, "../meant"), "");
    git("add", "-N", "meant");
    expect(readFileSync(join(git_dir, "index")).readUInt32BE(4)).toBe(3);
    expect(readIndexFile(git_dir)?.facts).toEqual(CLEAN);
  });

  test("a sparse one says so", () => {
    const { git_dir, git } = repository([]);
    git("rm", "-q", "--cached", "sub/part");
    git("-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "x");
    git("sparse-checkout", "set", "--cone", "--sparse-index", "ünï");
    expect(readIndexFile(git_dir)?.facts).toEqual({ gitlinks: [], odd: [], sparse: true });
  });

  test("none, an empty one and a link", () => {
    const { git_dir } = repository([]);
    expect(readIndexFile(join(git_dir, "refs"))).toBeNull();
    const empty = join(base, "empty");
    mkdirSync(empty);
    writeFileSync(join(empty, "index"), "");
    expect(readIndexFile(empty)?.facts).toEqual({ gitlinks: [], odd: [], sparse: false });
    const linked = join(base, "linked");
    mkdirSync(linked);
    symlinkSync(join(git_dir, "index"), join(linked, "index"));
    expect(readIndexFile(linked)).toBeNull();
  });
});

describe("what git does not write is not taken for sound", () => {
  /** The index with one of its names replaced by another of the same length: nothing checks the hash at the end. */
  function crafted(from: string, to: string) {
    const { git_dir } = repository([]);
    const bytes = readFileSync(join(git_dir, "index"));
    const at = bytes.indexOf(from);
    Buffer.from(to).copy(bytes, at);
    return parseIndex(bytes, 20)?.facts ?? null;
  }

  for (const to of [
    ".git/hooks",
    ".GIT/hooks",
    "x/.git/abc",
    "git~1/hook",
    ".git. /abc",
    ".git::$I/x",
    "../outside",
    "a//bcdefgh",
    "/etc/passw",
    "x\\.git\\abc",
    "./abcdefgh",
    "x/y/../abc",
    ".g\u200cit/ab",
  ]) {
    test(JSON.stringify(to), () => {
      expect(Buffer.byteLength(to)).toBe(10);
      expect(crafted(".gitignore", to)?.odd).toEqual([to]);
    });
  }

  test("a submodule whose name is no text", () => {
    const { git_dir } = repository([]);
    const bytes = readFileSync(join(git_dir, "index"));
    bytes[bytes.indexOf("sub/part")] = 0xff;
    expect(parseIndex(bytes, 20)?.facts.odd).toHaveLength(1);
  });

  test("cut off anywhere, of another version or with another beginning", () => {
    const { git_dir } = repository([]);
    const bytes = readFileSync(join(git_dir, "index"));
    for (let length = 1; length < bytes.length - 200; length += 7)
      expect(parseIndex(bytes.subarray(0, length), 20)).toBeNull();
    bytes.writeUInt32BE(5, 4);
    expect(parseIndex(bytes, 20)).toBeNull();
    expect(parseIndex(Buffer.from("no index at all, and long enough to be one"), 20)).toBeNull();
  });
});

test("isGitPart knows the names that some file system takes for .git, and no others", () => {
  for (const name of [
    ".git",
    ".GIT",
    ".Git ",
    ".git...",
    "git~1",
    "GIT~1",
    ".git:x",
    ".g\u200cit",
    ".gi\ufefft",
    "a\\.git",
  ])
    expect([name, isGitPart(name)]).toEqual([name, true]);
  for (const name of [".gitignore", ".github", "git", ".git2", "git~10", ".gitmodules", "x.git"])
    expect([name, isGitPart(name)]).toEqual([name, false]);
});
