// From where a program may be taken, and where a name really leads.
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { tempProject } from "../testkit/index.ts";
import {
  absoluteEntries,
  droppedFromPath,
  findProgram,
  foreignProgram,
  foundOnlyIn,
  isForeign,
  type Reach,
  reachOf,
  safePath,
} from "./programs.ts";

const disk = tempProject({
  "system/tool": "",
  "system/plain": "",
  "work/tool": "",
  "work/own": "",
  "scratch/tool": "",
});
afterAll(() => disk.remove());
const at = (name: string) => disk.path(name);
for (const name of ["system/tool", "work/tool", "work/own", "scratch/tool"]) chmodSync(at(name), 0o755);
mkdirSync(at("system/directory"));
mkdirSync(at("scratch/closed/open"), { recursive: true });
symlinkSync(at("work/own"), at("system/to-work"));
symlinkSync("../work", at("system/up"));
symlinkSync(at("system"), at("work/to-system"));
symlinkSync("loop", at("system/loop"));

const reach: Reach = {
  project: [at("work")],
  writable: [at("scratch"), at("scratch/closed/open")],
  closed: [at("scratch/closed")],
};
const foreign = (path: string) => isForeign(path, reach);

describe("a place", () => {
  test("is in reach in the project and where commands write, and not elsewhere", () => {
    expect([at("work"), at("work/own"), at("work/none/x"), at("scratch/tool")].map(foreign)).toEqual(
      Array(4).fill(true),
    );
    expect([at("system/tool"), "/", "/none/x", at("worker")].map(foreign)).toEqual(Array(4).fill(false));
  });

  test("is what the innermost directory says", () => {
    expect(
      [at("scratch"), at("scratch/closed"), at("scratch/closed/x"), at("scratch/closed/open/x")].map(foreign),
    ).toEqual([true, false, false, true]);
    expect(isForeign(at("scratch/x"), { project: [], writable: [at("scratch")], closed: [at("scratch")] })).toBe(false);
    expect(isForeign(at("work/x"), { ...reach, closed: [at("work")] })).toBe(true);
  });

  test("is in reach when a link on the way is, or leads there", () => {
    expect(foreign(at("system/to-work"))).toBe(true);
    expect(foreign(at("system/up/own"))).toBe(true);
    expect(foreign(at("work/to-system/tool"))).toBe(true);
    expect(foreign(`${at("work")}/../system/tool`)).toBe(true);
    expect(foreign(`${at("system")}/./../system//tool`)).toBe(false);
    expect(foreign(at("system/loop"))).toBe(false);
  });
});

describe("the reach of a thread", () => {
  const roots = { writable: ["/w"], closed: ["/w/c"] };

  test("is its directory, and the repository that holds it", () => {
    using repository = tempProject({ "a/b/x": "" }, { git: true });
    symlinkSync(repository.path("a"), repository.path("link"));
    expect(reachOf(repository.path("link/b"), "/home/u", roots)).toEqual({
      ...roots,
      project: [repository.dir, repository.path("a/b")],
    });
    expect(reachOf(repository.dir, "/home/u", roots).project).toEqual([repository.dir]);
    expect(reachOf(at("work"), "/home/u", roots).project).toEqual([at("work")]);
  });

  test("does not hold what holds the home directory", () => {
    using repository = tempProject({ "a/home/x": "" }, { git: true });
    expect(reachOf(repository.path("a"), repository.path("a/home"), roots).project).toEqual([]);
    expect(reachOf(repository.path("a/home"), repository.path("a/home"), roots).project).toEqual([]);
    expect(reachOf(repository.path("a/home/x"), repository.path("a/home"), roots).project).toEqual([
      repository.path("a/home/x"),
    ]);
  });
});

describe("a PATH", () => {
  const path = [
    at("system"),
    at("work"),
    "relative",
    "",
    at("none"),
    at("scratch"),
    at("system/directory"),
    at("system"),
  ].join(":");

  test("is left with what no command can change", () => {
    expect(safePath(path, reach)).toBe(`${at("system")}:${at("system/directory")}`);
    expect(safePath(at("work"), reach)).toBe("/usr/bin:/bin");
    expect(safePath("", reach)).toBe("/usr/bin:/bin");
    expect(safePath(at("system/up"), reach)).toBe("/usr/bin:/bin");
  });

  test("has absolute entries only", () => {
    expect(absoluteEntries("/a::b:/c:.")).toBe("/a:/c");
    expect(absoluteEntries("a")).toBe("/usr/bin:/bin");
  });

  test("says what was left out of it, and what is found there alone", () => {
    const dropped = droppedFromPath(path, reach, at("work/sub"));
    expect(dropped).toEqual([at("work"), at("work/sub/relative"), at("work/sub"), at("scratch")]);
    const safe = safePath(path, reach);
    expect(foundOnlyIn(dropped, "own", safe)).toBe(at("work/own"));
    expect(foundOnlyIn(dropped, "tool", safe)).toBeNull();
    expect(foundOnlyIn(dropped, "nothing", safe)).toBeNull();
  });
});

describe("a name", () => {
  const found = (name: string, path: string) => foreignProgram(name, path, at("work"), reach);

  test("is a program in reach, when the first that can be executed is", () => {
    expect(found("tool", `${at("work")}:${at("system")}`)).toBe(at("work/tool"));
    expect(found("tool", `${at("system")}:${at("work")}`)).toBeNull();
    expect(found("own", `${at("system")}:.`)).toBe(at("work/own"));
    expect(found("plain", `${at("system")}:${at("work")}`)).toBeNull();
    expect(found("directory", at("system"))).toBeNull();
    expect(found("none", at("work"))).toBeNull();
    expect(found("", at("work"))).toBeNull();
  });

  test("with a slash is a path, from the working directory", () => {
    expect(found("./own", at("system"))).toBe(at("work/own"));
    expect(found("../system/tool", "")).toBeNull();
    expect(found(at("scratch/none"), "")).toBe(at("scratch/none"));
  });
});

describe("a program of the user's own", () => {
  const find = (name: string, path: string, held: string[] = []) => findProgram(name, path, at("work"), reach, held);

  test("is found behind what is in reach", () => {
    expect(find("tool", `${at("work")}:${at("scratch")}:${at("system")}`)).toEqual({
      ok: true,
      path: at("system/tool"),
    });
    expect(find("../system/tool", "")).toEqual({ ok: true, path: at("system/tool") });
  });

  test("is not run from there, and that is said", () => {
    expect(find("own", `${at("work")}:${at("system")}`)).toEqual({
      ok: false,
      message: `own is not run: there is only ${at("work/own")}, which commands can change`,
    });
    expect(find("nothing", at("work"))).toEqual({ ok: false, message: "nothing is not run: it is not on the PATH" });
    expect(find("./own", at("system"))).toEqual({
      ok: false,
      message: `./own is not run: commands can change ${at("work/own")}`,
    });
    expect(find("to-work", at("system"))).toMatchObject({ ok: false });
  });

  test("unless it is known not to have changed", () => {
    expect(find("./own", "", [at("work/own")])).toEqual({ ok: true, path: at("work/own") });
    expect(find("./own", "", [at("work/tool")])).toMatchObject({ ok: false });
    expect(find("own", at("work"), [at("work/own")])).toMatchObject({ ok: false });
  });
});
