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

describe("a prefix that stands for too much", () => {
  const WIDE = (
    "sh bash zsh dash fish ksh csh tcsh python python2 python3 pypy pypy3 node deno ruby perl php lua tclsh osascript pwsh awk gawk mawk " +
    "nawk sed find fd rg tar rsync xargs env nice nohup timeout time stdbuf ionice setsid command builtin exec eval source . sudo doas su " +
    "pkexec runuser chroot unshare nsenter ssh scp sftp telnet nc ncat socat curl wget parallel watch script expect screen tmux at batch " +
    "crontab systemd-run npx bunx pnpx uvx pipx rm rmdir unlink shred dd mkfs chmod chown mv truncate kill killall pkill tee ln busybox gdb " +
    "lldb strace ltrace vim vi nvim emacs less more man ed python3.12 ruby2.7 perl5 php8.1 node20 lua5.4"
  ).split(" ");
  const NAMED = (
    "git npm pnpm yarn bun cargo go pip pip3 uv poetry docker podman kubectl gh make just dotnet mvn gradle bundle rake composer terraform " +
    "helm aws gcloud brew apt apt-get systemctl"
  ).split(" ");
  const NEVER = [
    ...["push", "reset", "clean", "config", "filter-branch", "rm", "bisect", "submodule"].map((name) => `git ${name}`),
    ...["docker run", "docker exec", "docker compose", "docker rm", "podman run", "podman exec"],
    ...["kubectl exec", "kubectl delete", "kubectl apply", "kubectl run", "npm exec", "npm x", "npm publish", "bun x"],
    ...["pnpm exec", "pnpm dlx", "yarn dlx", "cargo publish", "uv run", "go generate", "terraform apply"],
    ...["terraform destroy", "gh api"],
  ];

  test("is a program that runs, deletes or reaches what it is given", () => {
    expect(WIDE.filter((name) => isNarrow([name, "x"]))).toEqual([]);
    expect(WIDE.filter((name) => isNarrow([`/usr/bin/${name}`]))).toEqual([]);
    expect(["pythonic", "noded", "nodejs", "xpython3"].filter((name) => !isNarrow([name]))).toEqual([]);
    expect([[], [""], ["/"]].filter((prefix) => isNarrow(prefix))).toEqual([]);
  });

  test("has a script behind it", () => {
    for (const option of ["-c", "-e", "--eval"]) expect(isNarrow(["tool", "x", option])).toBe(false);
    expect(isNarrow(["tool", "-x", "--evaluate"])).toBe(true);
  });

  test("is a tool without its subcommand, or with one that loses work or runs anything", () => {
    expect(NAMED.filter((name) => isNarrow([name]) || isNarrow([name, "-x"]))).toEqual([]);
    expect(NAMED.filter((name) => !isNarrow([name, "sub"]))).toEqual([]);
    expect(NEVER.filter((line) => isNarrow([...line.split(" "), "y"]))).toEqual([]);
    for (const runner of ["run", "exec", "x", "dlx", "create"]) {
      expect([isNarrow(["yarn", runner]), isNarrow(["yarn", runner, "y"])]).toEqual([false, runner !== "dlx"]);
    }
  });

  test("is what the model proposes when the command does not start with it", () => {
    expect(propose("tool a b", ["tool", "b"])).toEqual(["tool", "a"]);
    expect(propose("tool a b", ["tool", "a", "b", "c"])).toEqual(["tool", "a"]);
    expect(propose("tool a b", ["tool", "a", "b"])).toEqual(["tool", "a", "b"]);
    expect(propose("tool a b", ["tool"])).toEqual(["tool"]);
  });
});

test("how much of a command a rule would be for", () => {
  expect(propose("tool")).toEqual(["tool"]);
  expect(propose("tool a/b c")).toEqual(["tool"]);
  expect(propose("tool -x c")).toEqual(["tool"]);
  expect(propose('tool "$x"')).toEqual(["tool"]);
  expect(propose('tool a "$x"')).toEqual(["tool", "a"]);
  expect(propose("npm run -x y")).toBeNull();
  expect(propose("yarn create a b")).toEqual(["yarn", "create", "a"]);
  expect(propose("yarn create -y")).toBeNull();
  expect(propose("yarn add a")).toEqual(["yarn", "add"]);
  expect(propose("tool a | tool a")).toBeNull();
  expect(propose("tool a > b")).toBeNull();
  expect(propose("bash -c 'tool a; ls'")).toEqual(["tool", "a"]);
  expect(propose("bash -c 'tool a; tool b'")).toBeNull();
});

test("a past command counts once, by its own directory, and not where more was done", () => {
  const past = (command: string, cwd = "/work") => ({ argv: ["bash", "-lc", command], command, cwd });
  const list = [
    past("tool a"),
    past("tool a", "/else"),
    past("tool a; ls"),
    past("tool b"),
    past("tool a; tool b"),
    past("x"),
  ];
  expect(pastMatches(["tool", "a"], list, "/work")).toEqual(["tool a", "tool a; ls"]);
});
