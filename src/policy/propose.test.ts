import { describe, expect, test } from "bun:test";
import { judgeCommand } from "./judge.ts";
import { isNarrow, pastMatches, proposePrefix } from "./propose.ts";

const propose = (line: string, fromModel: string[] | null = null) =>
  proposePrefix(judgeCommand(["bash", "-lc", line], { cwd: "/work", workspace: "/work" }).segments, fromModel);

describe("the prefix that is offered", () => {
  test.each([
    ["npm test", ["npm", "test"]],
    ["npm run build -- --watch", ["npm", "run", "build"]],
    ["cargo test -p core", ["cargo", "test"]],
    ["go run ./cmd/x", ["go", "run", "./cmd/x"]],
    ["pytest -q tests", ["pytest"]],
    ["eslint src", ["eslint", "src"]],
    ["cd web && npm test 2>&1 | tail -5", ["npm", "test"]],
    ["timeout 60 make test", ["make", "test"]],
    ["bash -c 'bun test src'", ["bun", "test"]],
    ["git commit -m x", ["git", "commit"]],
    ["/usr/bin/make all", ["/usr/bin/make", "all"]],
  ])("%s → %p", (line, prefix) => expect(propose(line)).toEqual(prefix));

  test.each([
    "python3 x.py",
    "python3.12 -m pytest",
    "bash x.sh",
    "sudo npm test",
    "rm -rf dist",
    "npx tsc",
    "node x.js",
    "find . -delete",
    "curl x",
    "git push origin main",
    "git reset --hard",
    "docker run x",
    "npm exec x",
    "npm run",
    "make",
    "npm --prefix x test",
    "./run.sh",
    "$x test",
    "npm test > log",
    "npm test; make all",
    "FOO=1 npm test",
    "ls | xargs rm",
    "f() { npm test; }; f",
    "ls",
    "env -S 'npm test'",
  ])("%s → none", (line) => expect(propose(line)).toBeNull());

  test("the model's own proposal, when the command starts with it and it is narrow", () => {
    expect(propose("npm run build --watch", ["npm", "run", "build", "--watch"])).toEqual([
      "npm",
      "run",
      "build",
      "--watch",
    ]);
    for (const wide of [["npm"], ["make"], ["npm", "run"], [], ["node", "-e"]]) {
      expect(propose("npm run build --watch", wide)).toEqual(["npm", "run", "build"]);
    }
    expect(propose("git push origin main", ["git", "push", "origin"])).toBeNull();
    expect(isNarrow(["gh", "pr", "view"])).toBe(true);
  });
});

test("past commands that the rule would have let through", () => {
  const lines = [
    "npm test",
    "cd a && npm test -- x",
    "npm test && make all",
    "npm install",
    "npm test > log",
    "ls",
    "npm test",
  ];
  const past = lines.map((command) => ({ argv: ["bash", "-lc", command], command, cwd: "/work" }));
  expect(pastMatches(["npm", "test"], past, "/work")).toEqual(["npm test", "cd a && npm test -- x"]);
});
