// What a demanding stranger tried: odd repositories, odd calls, odd surroundings.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { call, respond, say } from "../testkit/index.ts";
import { binary, type TestWorld, world } from "./harness.ts";

const run = (cmd: string, call_id = "c1") => respond(call("exec_command", { cmd, login: false }, call_id));

function git(w: TestWorld, ...args: string[]): string {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
  return Bun.spawnSync(["git", ...identity, ...args], { cwd: w.project.dir }).stdout.toString();
}

describe("moat's own git", () => {
  const plain = [respond(say("ok"))];

  test("runs no filter that the repository's config names", async () => {
    await using w = await world(plain, { ".gitattributes": "* filter=a.b\n", a: "1\n" });
    git(w, "add", ".");
    git(w, "commit", "-qm", "x");
    const marker = `${w.home}/filtered`;
    for (const kind of ["smudge", "clean"]) git(w, "config", `filter.a.b.${kind}`, `touch ${marker}; cat`);
    git(w, "config", "filter.a.b.process", `touch ${marker}; false`);
    git(w, "config", "filter.a.b.required", "true");
    const ran = await w.moat(["exec", "--worktree", "go"]);
    expect(ran.exit).toBe(0);
    expect(ran.stderr).toContain("removed ");
    expect(existsSync(marker)).toBe(false);
    // The trap is real: plain git falls into it.
    git(w, "worktree", "add", `${w.home}/plain`);
    expect(existsSync(marker)).toBe(true);
  });

  test("fetches nothing by a command of the repository's config", async () => {
    await using w = await world(plain, { a: "1\n" });
    git(w, "add", ".");
    git(w, "commit", "-qm", "x");
    const marker = `${w.home}/fetched`;
    git(w, "config", "remote.origin.url", "ssh://host/x");
    git(w, "config", "remote.origin.promisor", "true");
    git(w, "config", "extensions.partialClone", "origin");
    git(w, "config", "core.sshCommand", `touch ${marker}; false`);
    const blob = git(w, "rev-parse", "HEAD:a").trim();
    Bun.spawnSync(["rm", w.project.path(`.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}`)]);
    const ran = await w.moat(["exec", "--worktree", "go"]);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain("--worktree: ");
    expect(existsSync(marker)).toBe(false);
    git(w, "worktree", "add", `${w.home}/plain`);
    expect(existsSync(marker)).toBe(true);
  });

  test("is never the project's own program, whatever PATH says", async () => {
    await using w = await world(plain);
    git(w, "commit", "-q", "--allow-empty", "-m", "x");
    w.project.write("git", `#!/bin/sh\ntouch ${w.home}/ran\n`, 0o755);
    const PATH = `.::bin:${w.env.PATH}`;
    const ran = await w.moat(["exec", "--worktree", "-f", "go"], { env: { PATH } });
    expect(ran.exit).toBe(0);
    expect(existsSync(`${w.home}/ran`)).toBe(false);
  });

  test("does not look into a repository that a command made in the worktree", async () => {
    const marker = "$MARKER";
    const plant = [
      "git init -q sub && cd sub",
      "echo '* filter=x' > .gitattributes && touch a",
      "git -c user.name=t -c user.email=t@example.com commit -q --allow-empty -m x",
      "git add a && git -c user.name=t -c user.email=t@example.com commit -q -m y",
      `git config filter.x.clean 'touch ${marker}; cat' && git config filter.x.required true`,
      "sleep 1; echo changed > a; cd ..",
    ].join(" && ");
    await using w = await world([
      run(plant),
      run("git add sub", "c2"),
      run("git status --short", "c3"),
      respond(say("ok")),
    ]);
    git(w, "commit", "-q", "--allow-empty", "-m", "x");
    const env = { MARKER: `${w.home}/planted` };
    // Out of reach from inside the sandbox.
    const no_tmp = ["-c", "sandbox_workspace_write.exclude_slash_tmp=true"];
    const ran = await w.moat(["exec", "--worktree", "-s", "workspace-write", ...no_tmp, "go"], { env });
    const kept = /kept (\S+):/.exec(ran.stderr)?.[1];
    expect(existsSync(env.MARKER)).toBe(false);
    // Nor does a person's git later: what it would run has been taken out of the new repository, and that was said.
    Bun.spawnSync(["git", "status"], { cwd: kept ?? "", env: { ...w.env, ...env } });
    expect(existsSync(env.MARKER)).toBe(false);
    expect(ran.stderr).toContain("sub/.git/config is protected and changed while a command ran: it has been put back");
  });
});

describe("where the output goes", () => {
  /** Runs a shell script in the project; `$M` is the binary. */
  async function sh(w: TestWorld, script: string, env: Record<string, string> = {}) {
    const child = Bun.spawn(["bash", "-c", script], {
      cwd: w.project.dir,
      env: { ...w.env, M: binary, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    await child.exited;
    return { stdout, stderr };
  }

  test("a reader that goes away ends the run, quietly", async () => {
    await using w = await world([run("sleep 0.3; echo hi"), run("sleep 20", "c2"), respond(say("ok"))]);
    const { stdout, stderr } = await sh(w, "$M exec --json go | head -1; echo $PIPESTATUS");
    expect(stdout).toMatch(/^\{"type":"thread.started".*\n141\n$/);
    expect(stderr).toBe("");
  });

  test("nobody has to read the progress", async () => {
    await using w = await world([run("sleep 0.3; echo hi"), respond(say("ok"))]);
    const { stdout } = await sh(w, "{ $M exec go 2>&1 >&3 | true; echo $PIPESTATUS; } 3>&1");
    expect(stdout).toBe("ok\n0\n");
  });

  test.each(["--help", "--version", "--version --json"])("a full disk is told in one line: %s", async (flags) => {
    await using w = await world([respond(say("ok"))]);
    const { stdout, stderr } = await sh(w, `$M ${flags} >/dev/full; echo $?`);
    expect(stdout).toBe("1\n");
    expect(stderr).toMatch(/^moat: ENOSPC: no space left on device, write\n$/);
  });

  test("a home directory that takes nothing: commands run, without private caches", async () => {
    await using w = await world([run("touch made && echo made"), respond(say("ok"))]);
    const { stdout } = await sh(w, "$M exec --ephemeral -s workspace-write --json go", { HOME: "/proc" });
    expect(stdout).toContain('"aggregated_output":"made\\n"');
  });
});

test("a workspace that holds everything, or the home directory, is narrowed, and that is said", async () => {
  const script = Array.from({ length: 3 }, () => respond(say("ok")));
  await using w = await world(script);
  const args = ["exec", "--skip-git-repo-check", "-s", "workspace-write", "go"];
  expect((await w.moat(args, { cwd: "/" })).stderr).toContain(
    "moat: The working directory is /, so it is not writable",
  );
  expect((await w.moat(args, { cwd: w.home })).stderr).toContain("holds your home directory");
  expect((await w.moat(args)).stderr).not.toContain("working directory");
});

test.skipIf(!Bun.which("script"))(
  "a terminal is not given what would act on it; a program gets the answer exactly",
  async () => {
    const answer = "\x1b]0;title\x07\x1b[2Jdone\n";
    await using w = await world([respond(say(answer)), respond(say(answer))]);
    expect((await w.moat(["exec", "go"])).stdout).toBe(answer);
    const child = Bun.spawn(["script", "-qec", `${binary} exec go 2>/dev/null`, "/dev/null"], {
      cwd: w.project.dir,
      env: w.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(await child.stdout.text()).toBe("\\x1b]0;title\\x07\\x1b[2Jdone\r\n");
  },
);
