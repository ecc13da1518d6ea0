// What a demanding stranger tried: odd repositories, odd calls, odd surroundings.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { call, respond, say } from "../testkit/index.ts";
import { type World, world } from "./harness.ts";

const run = (cmd: string, call_id = "c1") => respond(call("exec_command", { cmd, login: false }, call_id));

function git(w: World, ...args: string[]): string {
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
    Bun.spawnSync(["git", "status"], { cwd: kept ?? "", env: { ...w.env, ...env } });
    expect(existsSync(env.MARKER)).toBe(true);
  }, 15_000);
});
