import { expect, test } from "bun:test";
import { existsSync, readFileSync, statSync, utimesSync } from "node:fs";
import { basename } from "node:path";
import { tempProject } from "../../testkit/index.ts";
import type { Part } from "../state.ts";
import { removeSpilled, spill } from "./spill.ts";

const NOW = new Date("2026-05-14T12:00:00Z");
const DAY_MS = 86_400_000;

function thread(files: Record<string, string> = {}) {
  const home = tempProject(files);
  const services = { moat_home: home.dir, date: () => NOW };
  return Object.assign(home, { state: { services, thread_id: "t" } as unknown as Part<"services" | "thread_id"> });
}

test("an output is kept for its owner alone, beneath its thread", () => {
  using home = thread();
  const path = spill(home.state, "call", "text");
  expect(path).toBe(home.path("tmp/t/call.txt"));
  expect(readFileSync(path ?? "", "utf8")).toBe("text");
  expect(statSync(path ?? "").mode & 0o777).toBe(0o600);
  expect(statSync(home.path("tmp/t")).mode & 0o777).toBe(0o700);
  removeSpilled(home.state);
  removeSpilled(home.state);
  expect(existsSync(home.path("tmp/t"))).toBe(false);
});

test("its file is called by the id of its call, as far as a name may be", () => {
  using home = thread();
  const name = (id: string) => basename(spill(home.state, id, "") ?? "");
  expect(name("a/../b c\n-1.x")).toBe("a_.._b_c_-1.x.txt");
  expect(name("y".repeat(65))).toBe(`${"y".repeat(64)}.txt`);
});

test("an id that comes again has a file of its own, a hundred times", () => {
  using home = thread();
  const paths = Array.from({ length: 101 }, (_, n) => spill(home.state, "c", String(n)));
  expect(paths.slice(0, 3)).toEqual(["c.txt", "c-2.txt", "c-3.txt"].map((name) => home.path(`tmp/t/${name}`)));
  expect(paths[99]).toBe(home.path("tmp/t/c-100.txt"));
  expect(paths[100]).toBeNull();
  expect(home.read("tmp/t/c-2.txt")).toBe("1");
});

test("what other threads left is removed after a week, by a thread that keeps its first output", () => {
  using home = thread({ "tmp/old/a.txt": "", "tmp/new/a.txt": "" });
  const age = (name: string, ms: number) => {
    const at = new Date(NOW.getTime() - ms);
    utimesSync(home.path(`tmp/${name}`), at, at);
  };
  age("old", 7 * DAY_MS + 1000);
  age("new", 7 * DAY_MS - 1000);
  spill(home.state, "c", "");
  expect([
    existsSync(home.path("tmp/old")),
    existsSync(home.path("tmp/new")),
    existsSync(home.path("tmp/t/c.txt")),
  ]).toEqual([false, true, true]);
  age("new", 8 * DAY_MS);
  spill(home.state, "c", "");
  expect(existsSync(home.path("tmp/new"))).toBe(true);
});
