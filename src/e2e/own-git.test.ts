// moat's own git in repositories that nobody trusted: what they name runs in the sandbox or not at all. Each trap is tried with
// plain git first, which falls into it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildTools } from "../../native/attacks/world.ts";
import { respond, say } from "../testkit/index.ts";
import { binary, type TestWorld, world } from "./harness.ts";

const tools = mkdtempSync(join(tmpdir(), "moat-own-git-"));
let become = "";
beforeAll(() => {
  become = buildTools(tools).become;
});
afterAll(() => rmSync(tools, { recursive: true, force: true }));

function git(w: TestWorld, ...args: string[]) {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
  return Bun.spawnSync(["git", ...identity, ...args], {
    cwd: w.project.dir,
    env: w.env,
    stdout: "pipe",
    stderr: "pipe",
  });
}

function commit(w: TestWorld): void {
  git(w, "add", "-A");
  git(w, "commit", "-qm", "x");
  git(w, "branch", "base");
}

/** Runs the binary on a machine that refuses things (become.c); null: as it is. */
async function moat(w: TestWorld, args: string[], filter: string | null, env: Record<string, string> = {}) {
  const prefix = filter === null ? [] : [become, "--filter", filter, "--"];
  const child = Bun.spawn([...prefix, binary, ...args], {
    cwd: w.project.dir,
    env: { ...w.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exit: await child.exited, stdout, stderr };
}

/** Every command that has git look at the project. */
const COMMANDS: Record<string, string[]> = {
  "--worktree": ["exec", "--worktree", "go"],
  "--full-context": ["exec", "--full-context", "go"],
  "review --base": ["review", "--base", "base"],
  "review --commit": ["exec", "review", "--commit", "HEAD"],
  diff: ["diff"],
};

interface Trap {
  name: string;
  /** Before the commit; the program to be run is `touch MARKER; cat`. */
  set: (w: TestWorld, marker: string) => void;
  /** What springs it outside. */
  plain: string[];
}

const filter = (marker: string) => `[filter "x"]\n\tsmudge = touch ${marker}; cat\n\tclean = touch ${marker}; cat\n`;

const TRAPS: Trap[] = [
  {
    name: "a filter of the config of a worktree",
    set(w, marker) {
      git(w, "config", "extensions.worktreeConfig", "true");
      writeFileSync(w.project.path(".git/config.worktree"), filter(marker));
    },
    plain: ["worktree", "add", "-f", "../plain"],
  },
  {
    name: "a filter of a file that is included in worktrees only",
    set(w, marker) {
      writeFileSync(w.project.path("conf"), filter(marker));
      git(w, "config", "includeIf.gitdir:**/worktrees/**.path", w.project.path("conf"));
    },
    plain: ["worktree", "add", "-f", "../plain"],
  },
  {
    name: "a filter of a file that is included for this branch only",
    set(w, marker) {
      writeFileSync(w.project.path(".git/conf"), filter(marker));
      git(w, "config", "includeIf.onbranch:**.path", "conf");
    },
    plain: ["add", "--renormalize", "."],
  },
  {
    name: "a monitor, a program for differences and one for text",
    set(w, marker) {
      git(w, "config", "core.fsmonitor", `touch ${marker}; false #`);
      git(w, "config", "diff.external", `touch ${marker}; false #`);
      git(w, "config", "diff.x.textconv", `touch ${marker}; cat`);
      writeFileSync(w.project.path("a"), "changed\n");
    },
    plain: ["diff"],
  },
];

/** As it is here, and without namespaces, as under Docker's default profile. */
const MACHINES: (string | null)[] = [null, "docker"];

for (const machine of MACHINES) {
  describe(`what a repository names does not run outside the sandbox (${machine ?? "here"})`, () => {
    for (const { name, set, plain } of TRAPS) {
      test(name, async () => {
        for (const args of Object.values(COMMANDS)) {
          await using w = await world([respond(say("ok"))], { ".gitattributes": "* filter=x diff=x\n", a: "1\n" });
          const marker = join(w.home, "ran");
          commit(w);
          set(w, marker);
          const ran = await moat(w, args, machine);
          expect([args, ran.exit, existsSync(marker)]).toEqual([args, 0, false]);
          git(w, ...plain);
          expect([args, existsSync(marker)]).toEqual([args, true]);
          rmSync(w.project.path("../plain"), { recursive: true, force: true });
        }
      });
    }

    test("a filter of the user's own settings runs, confined: it can write in the worktree alone", async () => {
      await using w = await world([respond(say("ok"))], { ".gitattributes": "* filter=x\n", a: "1\n" });
      commit(w);
      const marker = join(w.home, "ran");
      const smudge = `touch ${marker} 2>/dev/null; touch seen; sed s/1/filtered/`;
      writeFileSync(
        join(w.home, ".gitconfig"),
        `[filter "x"]\n\tsmudge = ${JSON.stringify(smudge)}\n\tclean = sed s/filtered/1/\n`,
      );
      const ran = await moat(w, ["exec", "--worktree", "go"], machine);
      expect([ran.exit, existsSync(marker)]).toEqual([0, false]);
      const kept = /kept (\S+): it has changes/.exec(ran.stderr)?.[1] ?? "";
      expect(await Bun.file(join(kept, "a")).text()).toBe("filtered\n");
    });
  });
}

describe("git is never the project's own program", () => {
  const places: [name: string, entry: (w: TestWorld) => string][] = [
    ["an absolute entry", (w) => w.project.path("node_modules/.bin")],
    ["through a link outside", (w) => join(w.home, "link")],
    ["a relative entry", () => "node_modules/.bin"],
    ["a directory that commands may write", (w) => join(w.home, "open")],
  ];
  for (const [name, entry] of places) {
    test(name, async () => {
      for (const args of Object.values(COMMANDS)) {
        await using w = await world([respond(say("ok"))], { a: "1\n" });
        commit(w);
        const marker = w.project.path("ran");
        for (const directory of [w.project.path("node_modules/.bin"), join(w.home, "open")]) {
          Bun.spawnSync(["mkdir", "-p", directory]);
          writeFileSync(join(directory, "git"), `#!/bin/sh\ntouch ${marker}\nexit 9\n`, { mode: 0o755 });
        }
        Bun.spawnSync(["ln", "-s", w.project.path("node_modules/.bin"), join(w.home, "link")]);
        w.config(`[sandbox_workspace_write]\nwritable_roots = ["${join(w.home, "open")}"]\n`);
        const PATH = `${entry(w)}:${w.env.PATH}`;
        const ran = await moat(w, args, null, { PATH });
        expect([args, ran.exit, existsSync(marker)]).toEqual([args, 0, false]);
        Bun.spawnSync(["/bin/sh", "-c", "git"], { cwd: w.project.dir, env: { PATH } });
        expect(existsSync(marker)).toBe(true);
      }
    });
  }

  test("where there is no other, that is said", async () => {
    await using w = await world([respond(say("ok"))], { a: "1\n" });
    commit(w);
    w.project.write("bin/git", "#!/bin/sh\n", 0o755);
    const ran = await moat(w, ["exec", "--worktree", "go"], null, { PATH: w.project.path("bin") });
    // /usr/bin is looked in when nothing of the PATH is left.
    expect(ran.exit).toBe(0);
  });
});

test("where no sandbox is to be had, nothing of it is done", async () => {
  for (const args of Object.values(COMMANDS)) {
    await using w = await world([respond(say("ok"))], { a: "1\n" });
    commit(w);
    const ran = await moat(w, args, "neither");
    expect([args, ran.exit]).toEqual([args, 6]);
    expect(ran.stderr).toContain("nothing can be confined");
    expect(w.server.requests).toEqual([]);
  }
});

describe("what an index names", () => {
  test("that is outside, behind a link, or git's own is not given along", async () => {
    await using w = await world([respond(say("ok"))], { aaaaaaaaa: "1\n", bbbbbbbbbbb: "2\n", "cccc/secret": "3\n" });
    writeFileSync(join(w.home, "secret"), "not for the model\n");
    writeFileSync(w.project.path("../outside"), "not for the model\n");
    commit(w);
    rmSync(w.project.path("cccc"), { recursive: true });
    Bun.spawnSync(["ln", "-s", w.home, w.project.path("cccc")]);
    const index = Buffer.from(await Bun.file(w.project.path(".git/index")).arrayBuffer());
    Buffer.from("../outsid").copy(index, index.indexOf("aaaaaaaaa"));
    Buffer.from(".git/config").copy(index, index.indexOf("bbbbbbbbbbb"));
    writeFileSync(w.project.path(".git/index"), index);
    writeFileSync(w.project.path("../outsid"), "not for the model\n");
    git(w, "config", "core.x", "not for the model");
    const ran = await moat(w, ["exec", "--full-context", "go"], null);
    expect(ran.exit).toBe(0);
    expect(JSON.stringify(w.server.requests)).not.toContain("not for the model");
    rmSync(w.project.path("../outsid"));
    rmSync(w.project.path("../outside"));
  });

  test("a .git that is a link, or that leads to another repository, gets no worktree", async () => {
    await using other = await world([], { secret: "s\n" });
    commit(other);
    await using w = await world([respond(say("ok"))]);
    rmSync(w.project.path(".git"), { recursive: true });
    const register = other.project.path(".git/worktrees");
    for (const make of [
      () => Bun.spawnSync(["ln", "-s", other.project.path(".git"), w.project.path(".git")]),
      () => writeFileSync(w.project.path(".git"), `gitdir: ${other.project.path(".git")}\n`),
    ]) {
      rmSync(w.project.path(".git"), { force: true });
      make();
      const ran = await moat(w, ["exec", "--worktree", "go"], null);
      expect([ran.exit, existsSync(register)]).toEqual([1, false]);
      expect(ran.stderr).toContain("another work tree's");
    }
  });
});

describe("a diff shows the files as they are, whatever filters the repository names", () => {
  const shout = '[filter "x"]\n\tclean = tr a-z A-Z\n\trequired = true\n';
  const places: [name: string, set: (w: TestWorld) => void][] = [
    ["its config", (w) => append(w, ".git/config", shout)],
    [
      "a file that it includes, for any attributes",
      (w) => {
        append(w, ".git/config", "[include]\n\tpath = ../conf\n[core]\n\tattributesFile = rules\n");
        append(w, "conf", shout);
        append(w, "rules", "* filter=x\n");
        rmSync(w.project.path(".gitattributes"));
      },
    ],
    [
      "the config of a worktree",
      (w) => {
        append(w, ".git/config", "[extensions]\n\tworktreeConfig = true\n");
        append(w, ".git/config.worktree", shout);
      },
    ],
    ["a process", (w) => append(w, ".git/config", '[filter "x"]\n\tprocess = false\n\trequired = true\n')],
  ];
  for (const [name, set] of places) {
    test(name, async () => {
      await using w = await world([], { ".gitattributes": "* filter=x\n", a: "one\n" });
      commit(w);
      set(w);
      writeFileSync(w.project.path("a"), "two\n");
      writeFileSync(w.project.path("new"), "three\n");
      const { exit, stdout } = await moat(w, ["diff"], null);
      expect([exit, stdout]).toEqual([0, expect.stringContaining("-one\n+two\n")]);
      expect(stdout).toContain("+three\n");
    });
  }

  test("nobody looks into a submodule, whose settings are its own", async () => {
    await using w = await world([], { a: "one\n", "sub/b": "b\n" });
    const sub = w.project.path("sub");
    const inside = (...args: string[]) => git(w, "-C", sub, ...args);
    inside("init", "-q");
    inside("add", "-A");
    inside("commit", "-qm", "x");
    commit(w);
    append(w, "sub/.git/config", '[filter "x"]\n\tclean = "echo ran >&2; false"\n\trequired = true\n');
    append(w, "sub/.git/info/attributes", "* filter=x\n");
    append(w, "sub/b", "c\n");
    const ran = await moat(w, ["diff"], null);
    expect(ran).toEqual({ exit: 0, stdout: "", stderr: "" });
  });
});

function append(w: TestWorld, name: string, text: string): void {
  const path = w.project.path(name);
  writeFileSync(path, `${existsSync(path) ? readFileSync(path, "utf8") : ""}${text}`);
}

describe("a pipe in a file's place is told of at once", () => {
  const setting = (name: string) => (w: TestWorld) => void git(w, "config", name, "pipe");
  const places: [name: string, pipe: string, set?: (w: TestWorld) => void][] = [
    ["what is ignored", ".gitignore"],
    ["attributes, further down", "d/.gitattributes"],
    ["the index", ".git/index"],
    ["HEAD", ".git/HEAD"],
    ["the config", ".git/config"],
    ["what git alone ignores", ".git/info/exclude"],
    ["an included file", "pipe", (w) => append(w, ".git/config", "[include]\n\tpath = ../pipe\n")],
    ["the user's own list", "pipe", setting("core.excludesFile")],
    ["the user's attributes", "pipe", setting("core.attributesFile")],
  ];
  for (const [name, pipe, set] of places) {
    test(name, async () => {
      await using w = await world([], { a: "1\n", "d/a": "1\n" });
      commit(w);
      set?.(w);
      rmSync(w.project.path(pipe), { force: true });
      Bun.spawnSync(["mkfifo", w.project.path(pipe)]);
      for (const args of [COMMANDS.diff, COMMANDS["--full-context"], COMMANDS["--worktree"]]) {
        const { exit, stderr } = await moat(w, args ?? [], null);
        expect([args, exit, stderr]).toEqual([args, 1, expect.stringContaining("is a pipe: git would wait for it")]);
      }
    });
  }

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("where it was not seen, %s ends it", async (name, code) => {
    await using w = await world([], { a: "1\n" });
    commit(w);
    const commit_id = git(w, "rev-parse", "HEAD").stdout.toString().trim();
    const object = w.project.path(`.git/objects/${commit_id.slice(0, 2)}/${commit_id.slice(2)}`);
    rmSync(object);
    Bun.spawnSync(["mkfifo", object]);
    const child = Bun.spawn([binary, "diff"], { cwd: w.project.dir, env: w.env, stdio: ["ignore", "pipe", "pipe"] });
    // Until git waits, most likely; before that the signal ends it as well.
    await Bun.sleep(500);
    child.kill(name);
    await child.exited;
    expect(child.signalCode ?? child.exitCode).toBe(child.signalCode === null ? code : name);
    expect(await child.stdout.text()).toBe("");
  });
});
