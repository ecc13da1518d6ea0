import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { tempProject } from "../testkit/index.ts";
import { atOnce } from "./read.ts";
import { writeRollout } from "./write-whole.ts";

test("a rollout that is whole from the start is its owner's alone, and ends with a line end", () => {
  using home = tempProject();
  const path = home.path("a/b/rollout.jsonl");
  atOnce(writeRollout(path, ["one", "two"]));
  expect(home.read("a/b/rollout.jsonl")).toBe("one\ntwo\n");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect([home.path("a"), home.path("a/b")].map((dir) => statSync(dir).mode & 0o777)).toEqual([0o700, 0o700]);
  expect(readdirSync(home.path("a/b"))).toEqual(["rollout.jsonl"]);
});

test("one that cannot be put in its place leaves nothing", () => {
  using home = tempProject();
  mkdirSync(home.path("taken/x"), { recursive: true });
  expect(() => atOnce(writeRollout(home.path("taken"), ["one"]))).toThrow();
  expect(readdirSync(home.dir)).toEqual(["taken"]);
  mkdirSync(home.path(`no.${process.pid}`));
  expect(() => atOnce(writeRollout(home.path("no"), ["one"]))).toThrow("EISDIR");
  expect(existsSync(home.path("no"))).toBe(false);
});
