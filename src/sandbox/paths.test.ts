import { expect, test } from "bun:test";
import { mkdirSync, symlinkSync } from "node:fs";
import fc from "fast-check";
import { isBeneath } from "../base/index.ts";
import { tempProject } from "../testkit/index.ts";
import {
  absolutePath,
  isSymlink,
  kindOf,
  lstatOf,
  outermost,
  pathExists,
  realPath,
  realPathOfNew,
  realPathsOfNew,
} from "./paths.ts";

const plain = fc
  .array(fc.constantFrom("a", "b", "ab", ".git", "..a"), { maxLength: 4 })
  .map((parts) => `/${parts.join("/")}`);

test("of places, those are outermost that lie beneath no other", () => {
  fc.assert(
    fc.property(fc.array(plain, { maxLength: 8 }), (places) => {
      const wanted = [...new Set(places)].filter((one) => !places.some((other) => isBeneath(one, other)));
      expect(outermost(places)).toEqual(wanted);
    }),
  );
});

test("a path as it was typed", () => {
  const path = (typed: string) => absolutePath(typed, "/w/sub", "/h");
  expect(path("~")).toBe("/h");
  expect(path("~/a/../b")).toBe("/h/b");
  expect(path("~a")).toBe("/w/sub/~a");
  expect(path("/a/../b/")).toBe("/b");
  expect(path("../a")).toBe("/w/a");
  expect(path("")).toBe("/w/sub");
});

test("where a path really leads, as far as it exists", () => {
  using disk = tempProject({ "real/file": "" });
  symlinkSync("real", disk.path("link"));
  symlinkSync("nowhere", disk.path("dangling"));
  symlinkSync("loop", disk.path("loop"));
  expect(realPath(disk.path("link/file"))).toBe(disk.path("real/file"));
  expect(["link/none", "dangling", "loop", "real/file/x"].map((name) => realPath(disk.path(name)))).toEqual(
    Array(4).fill(null),
  );
  expect(realPathOfNew(disk.path("link/a/b"))).toBe(disk.path("real/a/b"));
  expect(realPathOfNew(disk.path("dangling/a"))).toBe(disk.path("dangling/a"));
  expect(realPathOfNew("/none/a")).toBe("/none/a");
  const at_once = realPathsOfNew();
  expect([at_once(disk.path("link/a")), at_once(disk.path("link/b"))]).toEqual([
    disk.path("real/a"),
    disk.path("real/b"),
  ]);
});

test("a name that is not UTF-8 has no real path", () => {
  using disk = tempProject();
  const odd = Buffer.concat([Buffer.from(`${disk.dir}/odd`), Buffer.from([0xff])]);
  mkdirSync(odd);
  symlinkSync(odd, disk.path("to-odd"));
  mkdirSync(disk.path("plain\ufffd"));
  expect(realPath(disk.path("to-odd"))).toBeNull();
  expect(realPath(disk.path("plain\ufffd"))).toBe(disk.path("plain\ufffd"));
});

test("what lies at a path", () => {
  using disk = tempProject({ "d/file": "" });
  symlinkSync("d", disk.path("link"));
  symlinkSync("nowhere", disk.path("dangling"));
  Bun.spawnSync(["mkfifo", disk.path("pipe")]);
  const at = (name: string) => {
    const path = disk.path(name);
    return [kindOf(path), pathExists(path), isSymlink(path), lstatOf(path) !== null];
  };
  expect(at("d")).toEqual(["directory", true, false, true]);
  expect(at("d/file")).toEqual(["file", true, false, true]);
  expect(at("link")).toEqual(["directory", true, true, true]);
  expect(at("dangling")).toEqual([null, false, true, true]);
  expect(at("pipe")).toEqual([null, true, false, true]);
  expect(at("none")).toEqual([null, false, false, false]);
  expect(at("d/file/x")).toEqual([null, false, false, false]);
});
