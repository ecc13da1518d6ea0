import { afterAll, expect, test } from "bun:test";
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { tempProject } from "../../testkit/index.ts";
import { oddNodes } from "./odd-nodes.ts";

const one = tempProject({ HEAD: "", "refs/heads/main": "", "objects/ab/cd": "", "objects/info/packs": "" });
afterAll(() => one.remove());
const found = () => [...oddNodes(one.dir).keys()].map((path) => path.slice(one.dir.length + 1)).sort();

test("what git makes is not odd", () => {
  expect(found()).toEqual([]);
});

test("links and pipes are, wherever git writes; what it reads and never makes is, too", () => {
  const links = ["link", "refs/heads/link", "objects/link"];
  const pipes = ["pipe", "refs/heads/pipe"];
  const files = ["remotes/origin", "branches/origin", "objects/info/alternates", "info/grafts"];
  // Guarded as a whole, or as many as the objects.
  const left_out = ["hooks/link", "modules/link", "worktrees/link", "objects/ab/link"];
  for (const name of [...links, ...pipes, ...left_out]) mkdirSync(dirname(one.path(name)), { recursive: true });
  for (const name of [...links, ...left_out]) symlinkSync("/proc/nowhere", one.path(name));
  for (const name of pipes) Bun.spawnSync(["mkfifo", one.path(name)]);
  for (const name of files) one.write(name, "");
  expect(found()).toEqual([...links, ...pipes, ...files].sort());
});
