import { afterAll, expect, test } from "bun:test";
import { existsSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempProject } from "../../testkit/index.ts";
import { Quarantine } from "../quarantine.ts";
import { readLayout } from "./layout.ts";
import { watchRepositories } from "./watch.ts";

const [own, other] = [tempProject({}, { git: true }), tempProject({}, { git: true })];
afterAll(() => {
  for (const one of [own, other]) one.remove();
});

test("behind a link that took the place of a git directory nothing is moved: it is somebody else's", () => {
  const layout = readLayout(own.dir);
  if (layout === null) throw new Error("no repository");
  const access = { opened: [layout], rewritten: [], watched: [], git_dirs: [], linked: new Set<string>() };
  const quarantine = new Quarantine(own.path("kept"));
  const compare = watchRepositories(access, { writable: [own.dir], protected: [] }, quarantine);
  renameSync(own.path(".git"), own.path("git"));
  symlinkSync(other.path(".git"), own.path(".git"));
  const theirs = join(other.dir, ".git/sequencer");
  other.write(".git/sequencer/todo", "exec make\n");
  writeFileSync(join(other.dir, ".git/BISECT_NAMES"), "$(x)");
  expect(compare()).toMatchObject([{ path: layout.git_dir, action: "reported", why: "it is not where it was" }]);
  expect(existsSync(theirs)).toBe(true);
});
