import { afterAll, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { tempProject } from "../testkit/index.ts";
import { Quarantine } from "./quarantine.ts";

const disk = tempProject();
afterAll(() => disk.remove());

test("what is taken keeps its name, in a directory of its own that only the owner opens", () => {
  const kept = new Quarantine(disk.path("kept"));
  writeFileSync(disk.path("a"), "one");
  mkdirSync(disk.path("b/c"), { recursive: true });
  const [a, b] = [kept.take(disk.path("a")), kept.take(disk.path("b"))];
  expect([basename(a ?? ""), basename(b ?? "")]).toEqual(["a", "b"]);
  expect(readFileSync(a ?? "", "utf8")).toBe("one");
  expect(readdirSync(b ?? "")).toEqual(["c"]);
  expect(dirname(dirname(a ?? ""))).toBe(disk.path("kept"));
  expect(dirname(a ?? "")).not.toBe(dirname(b ?? ""));
  expect(statSync(dirname(a ?? "")).mode & 0o777).toBe(0o700);
  expect([existsSync(disk.path("a")), existsSync(disk.path("b"))]).toEqual([false, false]);
});

test("what is gone already is nothing", () => {
  expect(new Quarantine(disk.path("kept")).take(disk.path("gone"))).toBeNull();
});

test("a link is taken, not what it leads to", () => {
  writeFileSync(disk.path("target"), "");
  symlinkSync(disk.path("target"), disk.path("link"));
  const taken = new Quarantine(disk.path("kept")).take(disk.path("link"));
  expect(readlinkSync(taken ?? "")).toBe(disk.path("target"));
  expect(existsSync(disk.path("target"))).toBe(true);
});

test("where nothing can be kept, it stays beside its place under another name", () => {
  writeFileSync(disk.path("no-directory"), "");
  mkdirSync(disk.path("places/d"), { recursive: true });
  writeFileSync(disk.path("places/d/x"), "one");
  const aside = new Quarantine(disk.path("no-directory")).take(disk.path("places/d"));
  expect(aside).toStartWith(`${disk.path("places/d")}.moved-away-by-moat.`);
  expect(readFileSync(join(aside ?? "", "x"), "utf8")).toBe("one");
  expect(existsSync(disk.path("places/d"))).toBe(false);
});

/** A file system of its own, as most machines have one. */
const elsewhere = "/dev/shm";
const far = existsSync(elsewhere) && statSync(elsewhere).dev !== statSync(disk.dir).dev;

test.skipIf(!far)("on another file system it is copied whole, and nothing of it stays", () => {
  using kept = {
    directory: join(elsewhere, `moat-quarantine-${process.pid}`),
    [Symbol.dispose]: () => rmSync(kept.directory, { recursive: true, force: true }),
  };
  mkdirSync(disk.path("tree/sub"), { recursive: true });
  writeFileSync(disk.path("tree/sub/x"), "one");
  symlinkSync("../nowhere", disk.path("tree/link"));
  const taken = new Quarantine(kept.directory).take(disk.path("tree"));
  expect(taken).toStartWith(`${kept.directory}/`);
  expect(readFileSync(join(taken ?? "", "sub/x"), "utf8")).toBe("one");
  expect(readlinkSync(join(taken ?? "", "link"))).toBe("../nowhere");
  expect(readdirSync(disk.dir).filter((name) => name.startsWith("tree"))).toEqual([]);
  expect(new Quarantine(kept.directory).take(disk.path("tree"))).toBeNull();
});
