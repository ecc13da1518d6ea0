import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { tempProject } from "../testkit/index.ts";
import { appendRule, readRules } from "./rules.ts";

const RULE = 'prefix_rule(pattern=["make"], decision="allow", sandboxed=True)\n';

test("a kept rule is in force at the next start, is kept once, and is the user's alone", async () => {
  using home = tempProject();
  appendRule(home.dir, RULE);
  appendRule(home.dir, RULE);
  expect(home.read("rules/default.rules")).toBe(RULE);
  expect(statSync(home.path("rules/default.rules")).mode & 0o777).toBe(0o600);
  const read = await readRules(home.dir);
  expect(read.ok && read.rules.prefix).toMatchObject([{ pattern: [["make"]], decision: "allow", sandboxed: true }]);
});

test("a file that ends in the middle of a line stays readable", async () => {
  using home = tempProject({ "rules/default.rules": 'prefix_rule(["ls"])  # mine' });
  appendRule(home.dir, RULE);
  const read = await readRules(home.dir);
  expect(read.ok && read.rules.prefix.map(({ pattern }) => pattern)).toEqual([[["ls"]], [["make"]]]);
});

test("a rule that is not applied is said", async () => {
  using home = tempProject({ "rules/a.rules": 'network_rule(host="h", protocol="socks5_udp", decision="allow")\n' });
  const read = await readRules(home.dir);
  expect(read.ok && read.notes).toEqual([
    `${home.path("rules/a.rules")}:1: network_rule is not applied: no UDP leaves the sandbox by name`,
  ]);
});

test("every file counts, and one that is wrong is named with line and column", async () => {
  using home = tempProject({
    "rules/a.rules": 'prefix_rule(["ls"])\n',
    "rules/b.rules": '\nprefix_rule(["git"], match=["ls"])\n',
    "rules/notes.txt": "no rules",
  });
  const read = await readRules(home.dir);
  expect(read).toEqual({
    ok: false,
    message: `${home.path("rules/b.rules")}:2:29: the rule does not match its own example \`ls\``,
  });
});
