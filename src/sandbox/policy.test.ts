import { afterAll, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { SandboxPolicy } from "./contract.ts";
import { type PolicyInput, resolvePolicy } from "./policy.ts";

const base = realpathSync(mkdtempSync(join(tmpdir(), "moat-policy-")));
afterAll(() => rmSync(base, { recursive: true, force: true }));

function directory(...parts: string[]): string {
  const path = join(base, ...parts);
  mkdirSync(path, { recursive: true });
  return path;
}

function git(cwd: string, ...args: string[]): void {
  const identity = ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "protocol.file.allow=always"];
  execFileSync("git", [...identity, ...args], { cwd, stdio: "ignore", env: { PATH: process.env.PATH, HOME: base } });
}

function repository(name: string): string {
  const path = directory(name);
  git(path, "init", "-q");
  git(path, "commit", "-q", "--allow-empty", "-m", "first");
  return path;
}

function input(cwd: string, changes: Partial<PolicyInput> = {}): PolicyInput {
  return {
    mode: "workspace-write",
    cwd,
    home: join(base, "nobody"),
    moat_home: join(base, "nobody", ".moat"),
    tmpdir: null,
    writable_roots: [],
    network_access: false,
    exclude_slash_tmp: true,
    hidden_paths: [],
    exclude_tmpdir_env_var: false,
    ...changes,
  };
}

async function policy(cwd: string, changes: Partial<PolicyInput> = {}): Promise<SandboxPolicy> {
  const result = await resolvePolicy(input(cwd, changes));
  if (!result.ok) throw new Error(result.message);
  return result.policy;
}

async function refusal(cwd: string, changes: Partial<PolicyInput>): Promise<string> {
  const result = await resolvePolicy(input(cwd, changes));
  if (result.ok) throw new Error(`accepted: ${JSON.stringify(result.policy)}`);
  return result.message;
}

describe("modes", () => {
  test("workspace-write names the workspace, and read-only nothing", async () => {
    const cwd = directory("plain");
    const write = await policy(cwd);
    expect(write.writable).toEqual([cwd]);
    expect(write.net).toBe("none");
    const read = await policy(cwd, { mode: "read-only", network_access: true, writable_roots: ["/nowhere"] });
    expect(read).toMatchObject({ mode: "read-only", writable: [], protected: [], net: "none" });
  });

  test("what was granted beyond read-only is written, and the mode says so", async () => {
    const [cwd, granted] = [directory("plain"), directory("granted")];
    expect(await policy(cwd, { mode: "read-only", extra_write: [granted] })).toMatchObject({
      mode: "workspace-write",
      writable: [granted],
    });
  });

  test("without confinement nothing pretends to be enforced", async () => {
    for (const mode of ["danger-full-access", "external"] as const) {
      expect(await policy("/does/not/matter", { mode })).toMatchObject({
        mode,
        writable: [],
        protected: [],
        hidden: [],
        net: "full",
        unix: "allow",
      });
    }
  });

  test("a requirement that is not known is an error, not a wish", async () => {
    expect(await refusal(directory("plain"), { require: ["fs", "netwrok"] })).toContain('"netwrok"');
    expect((await policy(directory("plain"), { require: ["net"] })).require).toEqual(["net"]);
  });
});

describe("writable roots", () => {
  test("are resolved through symlinks, relative to the workspace and the home directory", async () => {
    const cwd = directory("roots", "work");
    const [real, home] = [directory("roots", "real"), directory("roots", "home")];
    directory("roots", "home", "cache");
    symlinkSync(real, join(cwd, "link"));
    const result = await policy(cwd, { home, writable_roots: ["link", "~/cache"] });
    expect(result.writable).toEqual([real, join(home, "cache"), cwd]);
  });

  test("a symlinked workspace is its target", async () => {
    const real = directory("target");
    symlinkSync(real, join(base, "alias"));
    expect((await policy(join(base, "alias"))).writable).toEqual([real]);
  });

  test("one that is missing, a file or / is an error that names it", async () => {
    const cwd = directory("plain");
    writeFileSync(join(base, "file"), "");
    const missing = join(base, "missing\nline");
    expect(await refusal(cwd, { writable_roots: [missing] })).toContain(`${JSON.stringify(missing)} does not exist`);
    expect(await refusal(cwd, { extra_write: [join(base, "file")] })).toContain("is not a directory");
    expect(await refusal(cwd, { writable_roots: ["/"] })).toContain("danger-full-access");
    expect(await refusal(join(base, "gone"), {})).toContain("gone");
  });

  test("temporary directories are left out when absent or excluded, and cover what lies in them", async () => {
    const [cwd, tmp] = [directory("plain"), directory("tmp")];
    expect((await policy(cwd, { tmpdir: tmp })).writable).toEqual([cwd, tmp]);
    expect((await policy(cwd, { tmpdir: join(base, "absent") })).writable).toEqual([cwd]);
    expect((await policy(cwd, { tmpdir: "relative" })).writable).toEqual([cwd]);
    expect((await policy(cwd, { tmpdir: tmp, exclude_tmpdir_env_var: true })).writable).toEqual([cwd]);
    const inside = directory("tmp", "inside");
    expect((await policy(cwd, { tmpdir: tmp, writable_roots: [inside] })).writable).toEqual([cwd, tmp]);
    expect((await policy(cwd, { exclude_slash_tmp: false })).writable).toContain("/tmp");
  });

  test("a TMPDIR that holds the home directory or the workspace is none, and that is said", async () => {
    const cwd = directory("users", "someone", "project");
    const home = directory("users", "someone");
    for (const [tmpdir, held] of [
      ["/", home],
      [join(base, "users"), home],
      [home, home],
      [`${home}/../someone/./`, home],
    ] as const) {
      const result = await resolvePolicy(input(cwd, { home, tmpdir }));
      expect(result).toMatchObject({ ok: true, policy: { writable: [cwd] }, notes: [expect.stringContaining(held)] });
    }
    const elsewhere = { home: directory("elsewhere-home"), tmpdir: home };
    expect(await resolvePolicy(input(cwd, elsewhere))).toMatchObject({
      policy: { writable: [cwd] },
      notes: [expect.stringContaining("TMPDIR")],
    });
    symlinkSync(home, join(base, "tmp-link"));
    expect((await policy(cwd, { home, tmpdir: join(base, "tmp-link") })).writable).toEqual([cwd]);
    expect((await policy(cwd, { home, tmpdir: join(cwd, ".") })).writable).toEqual([cwd]);
    const work = mkdtempSync("/tmp/moat-policy-work-");
    expect((await policy(work, { home: join(work, "home"), tmpdir: "/tmp" })).writable).toEqual([realpathSync("/tmp")]);
    rmSync(work, { recursive: true });
  });

  test("caches are no projects: nothing is protected in them, and read-only leaves them alone", async () => {
    const [cwd, cache_dir, home] = [directory("plain"), directory("cache"), directory("cachehome")];
    const npm = directory("cachehome", ".npm");
    const { writable, protected: places } = await policy(cwd, { home, cache_dir, writable_roots: [npm] });
    expect(writable).toEqual([npm, cwd, cache_dir]);
    expect(places.filter((place) => !place.startsWith(cwd))).toEqual([]);
    expect((await policy(cwd, { mode: "read-only", cache_dir })).writable).toEqual([]);
    symlinkSync("/etc", join(base, "cachelink"));
    expect((await policy(cwd, { cache_dir: join(base, "cachelink") })).writable).toEqual([cwd]);
  });

  test("/ as workspace is not writable, and that is said", async () => {
    const result = await resolvePolicy(input("/"));
    if (!result.ok) throw new Error(result.message);
    expect(result.policy.writable).toEqual([]);
    expect(result.notes.join()).toContain("/");
  });

  test("a home directory as workspace keeps what runs at the next start read-only", async () => {
    const home = directory("home");
    directory("home", ".cargo", "bin");
    const result = await resolvePolicy(input(home, { home, moat_home: join(home, ".moat") }));
    if (!result.ok) throw new Error(result.message);
    const places = result.policy.protected;
    for (const name of [".bashrc", ".config", ".gitconfig", ".cargo/bin", ".moat"]) {
      expect(places).toContain(join(home, name));
    }
    expect(result.notes).toHaveLength(1);
    const cache_dir = directory("home", ".cache", "moat", "workspaces", "x");
    const cached = await policy(home, { home, cache_dir });
    expect(cached.protected).toContain(join(home, ".cache/moat"));
    expect(cached.writable).toEqual([home, cache_dir]);
  });
});

describe("protected places", () => {
  test("are named in a workspace whether they exist or not, in a temporary directory only when they do", async () => {
    const [cwd, tmp] = [directory("plain"), directory("tmp2")];
    directory("tmp2", ".vscode", "settings.json");
    const { protected: places } = await policy(cwd, { tmpdir: tmp });
    for (const name of [".git", ".moat", ".codex", ".agents", ".claude", ".vscode/tasks.json", ".husky"]) {
      expect(places).toContain(join(cwd, name));
    }
    expect(places.filter((place) => place.startsWith(tmp))).toEqual([join(tmp, ".vscode/settings.json")]);
  });

  test("a linked worktree brings the git directory of the other clone, when it could be written", async () => {
    const main = repository("main");
    git(main, "worktree", "add", "-q", join(base, "linked"));
    const linked = join(base, "linked");
    expect((await policy(linked)).protected).toContain(join(linked, ".git"));
    expect((await policy(linked)).protected).not.toContain(join(main, ".git"));
    expect((await policy(linked, { writable_roots: [base] })).protected).toContain(join(main, ".git"));
  });

  test("a directory beneath the top of a repository does not open the repository above it", async () => {
    const main = repository("top");
    const cwd = directory("top", "packages", "one");
    expect((await policy(cwd, { writable_roots: [base] })).protected).toContain(join(main, ".git"));
  });

  test("submodules' .git files and a configured hooks directory", async () => {
    const [main, part] = [repository("super"), repository("part")];
    git(main, "submodule", "add", "-q", part, "lib/part");
    git(main, "config", "core.hooksPath", "tools/hooks");
    const { protected: places } = await policy(main);
    expect(places).toContain(join(main, "lib/part/.git"));
    expect(places).toContain(join(main, "tools/hooks"));
    expect(places).toContain(join(main, ".git"));
  });

  test("both ends of a link are named", async () => {
    const cwd = directory("links");
    directory("links", "shared");
    symlinkSync("shared", join(cwd, ".claude"));
    symlinkSync("shared", join(cwd, ".vscode"));
    const { protected: places } = await policy(cwd);
    for (const name of [".claude", ".vscode", "shared"]) expect(places).toContain(join(cwd, name));
  });

  test("a directory that git would take for a repository keeps its config", async () => {
    const bare = directory("bare");
    git(bare, "init", "-q", "--bare");
    const { protected: places } = await policy(bare);
    for (const name of ["hooks", "config", "commondir", ".git"]) expect(places).toContain(join(bare, name));
    expect((await policy(directory("plain"))).protected).toContain(join(base, "plain", "HEAD"));
  });

  test("a place that was granted by name opens, but not what makes git run things", async () => {
    const main = repository("opened");
    const granted = await policy(main, { extra_write: [join(main, ".git")] });
    expect(granted.writable).toEqual([main]);
    expect(granted.protected).not.toContain(join(main, ".git"));
    expect(granted.protected).toContain(join(main, ".git/hooks"));
    const inner = await policy(main, { extra_write: [join(main, ".git/logs")] });
    expect(inner.protected).toContain(join(main, ".git"));
    expect(inner.writable).toEqual([join(main, ".git/logs"), main]);
  });
});

describe("hidden paths", () => {
  test("are resolved like others, in every confined mode, whether they exist or not", async () => {
    const [cwd, home] = [directory("hide"), directory("hide-home")];
    const secret = directory("hide", "secret");
    symlinkSync(secret, join(base, "hide-link"));
    for (const mode of ["workspace-write", "read-only"] as const) {
      const hidden_paths = ["none-yet", "~/notes", join(base, "hide-link", "deep")];
      const { hidden } = await policy(cwd, { home, mode, hidden_paths });
      expect(hidden).toEqual(expect.arrayContaining([`${cwd}/none-yet`, `${home}/notes`, `${secret}/deep`]));
    }
    expect((await policy(cwd, { home, mode: "danger-full-access", hidden_paths: ["x"] })).hidden).toEqual([]);
  });

  test("may not hold what commands work in", async () => {
    const cwd = directory("hide");
    for (const hidden_paths of [["."], ["/"], [base]]) expect(await refusal(cwd, { hidden_paths })).toContain(cwd);
    const granted = directory("granted-inside", "deep");
    expect(await refusal(cwd, { writable_roots: [granted], hidden_paths: [dirname(granted)] })).toContain(granted);
  });

  test("and protected ones of a flag are found behind a link", async () => {
    const cwd = directory("behind");
    symlinkSync(cwd, join(base, "behind-link"));
    const { protected: places } = await policy(join(base, "behind-link"), { extra_protect: ["keep", "~/x"] });
    expect(places).toContain(join(cwd, "keep"));
  });
});

describe("credential stores", () => {
  test("are hidden at their real place, also those that do not exist yet", async () => {
    const home = directory("keys");
    directory("keys", ".aws");
    directory("elsewhere");
    symlinkSync(join(base, "elsewhere"), join(home, ".ssh"));
    const moat_home = directory("keys", ".moat");
    writeFileSync(join(moat_home, "auth.json"), "{}");
    const { hidden } = await policy(directory("plain"), { home, moat_home });
    for (const path of [
      join(base, "elsewhere"),
      join(home, ".aws"),
      join(moat_home, "auth.json"),
      join(home, ".netrc"),
    ])
      expect(hidden).toContain(path);
    expect(hidden).not.toContain(join(home, ".ssh"));
  });

  test("a .npmrc is one when it holds a secret", async () => {
    const home = directory("npmhome");
    const hides = async () => (await policy(directory("plain"), { home })).hidden.includes(join(home, ".npmrc"));
    // What it will hold cannot be known.
    expect(await hides()).toBe(true);
    writeFileSync(join(home, ".npmrc"), "registry=https://registry.example.com/\n");
    expect(await hides()).toBe(false);
    for (const secret of ["//r.example.com/:_authToken=x", "_password=x", "proxy=http://u:p@h"]) {
      writeFileSync(join(home, ".npmrc"), secret);
      expect(await hides()).toBe(true);
    }
  });

  test("a store that is the workspace was chosen by name", async () => {
    const home = directory("keys2");
    const cwd = directory("keys2", ".aws", "tool");
    const { hidden } = await policy(cwd, { home });
    expect(hidden.filter((path) => cwd.startsWith(path))).toEqual([]);
    expect(hidden).toContain(join(home, ".ssh"));
  });
});
