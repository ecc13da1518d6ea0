import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePlaceIn } from "./place.suite.ts";
import { resolvePolicy, writablePlaces } from "./policy.ts";

const { base, directory, git, repository, input, policy, refusal, end } = makePlaceIn();
afterAll(end);

describe("modes", () => {
  test("workspace-write names the workspace, and read-only nothing", async () => {
    const cwd = directory("plain");
    const write = await policy(cwd);
    expect(write.writable).toEqual([cwd]);
    expect(write.net).toBe("none");
    const read = await policy(cwd, { mode: "read-only", network_access: true, writable_roots: ["/proc/nowhere"] });
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

test("what may be written is told alone as the policy says it, also where what is hidden allows no command", async () => {
  const [cwd, granted] = [repository("alone"), directory("alone-granted")];
  const asked = input(cwd, { writable_roots: [granted], extra_protect: ["fixed"] });
  const { writable, protected: closed } = await policy(cwd, asked);
  expect(closed).toContain(join(cwd, "fixed"));
  expect(writablePlaces(asked)).toMatchObject({ ok: true, writable, protected: closed });
  expect(writablePlaces({ ...asked, hidden_paths: [cwd] })).toMatchObject({ ok: true, writable, protected: closed });
  expect(writablePlaces(input("/proc/nowhere")).ok).toBe(false);
  expect(writablePlaces(input(cwd, { writable_roots: ["/proc/nowhere"] })).ok).toBe(false);
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
