import { afterAll, describe, expect, test } from "bun:test";
import { linkSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Guard } from "../guard.ts";
import { isPersonal, strangers } from "./born.ts";
import { plainConfig, REPOSITORY_KEYS } from "./plain-config.ts";

const base = mkdtempSync(join(tmpdir(), "moat-born-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let made = 0;
function git(cwd: string, ...args: string[]): void {
  const identity = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always"];
  const env = { PATH: process.env.PATH, HOME: base, GIT_CONFIG_NOSYSTEM: "1" };
  const done = Bun.spawnSync(["git", ...identity, ...args], { cwd, env });
  if (done.exitCode !== 0) throw new Error(done.stderr.toString());
}
function directory(): string {
  const path = join(base, String(++made));
  mkdirSync(path);
  return path;
}
function repository(...options: string[]): string {
  const path = directory();
  git(path, "init", "-q", "-b", "main", ...options);
  git(path, "commit", "-q", "--allow-empty", "-m", "first");
  return path;
}
const found = (path: string) => strangers(join(path, ".git"))?.map((one) => one.path.slice(path.length + 6)) ?? null;

describe("what git makes belongs there", () => {
  test.each([
    ["a repository", []],
    ["with another hash", ["--object-format=sha256"]],
    ["shared by a group", ["--shared=group"]],
  ])("%s", (_, options) => {
    expect(found(repository(...options))).toEqual([]);
  });

  test.each([
    ["a clone", []],
    ["a shallow one", ["--depth=1"]],
    ["a partial one", ["--filter=blob:none"]],
    ["one with settings", ["-c", "core.autocrlf=input", "-c", "pull.rebase=true", "-c", "user.name=Me; # or so"]],
    ["a mirror's", ["--origin", "up.stream", "--no-tags"]],
  ])("%s", (_, options) => {
    const [origin, clone] = [repository(), directory()];
    git(clone, "clone", "-q", ...options, `file://${origin}`, ".");
    git(clone, "switch", "-q", "-c", "topic");
    expect(found(clone)).toEqual([]);
  });

  test("what it is writing just now", () => {
    const path = repository();
    for (const name of ["index.lock", "config.lock", "packed-refs.lock"]) writeFileSync(join(path, ".git", name), "");
    expect(found(path)).toEqual([]);
  });
});

describe("what it does not make does not", () => {
  const plants: [name: string, plant: (dot_git: string) => void][] = [
    ["hooks/pre-commit", (dir) => writeFileSync(join(dir, "hooks/pre-commit"), "")],
    ["hooks/x.sample", (dir) => symlinkSync("/etc/passwd", join(dir, "hooks/x.sample"))],
    ["hooks/d.sample", (dir) => mkdirSync(join(dir, "hooks/d.sample"))],
    ["config.worktree", (dir) => writeFileSync(join(dir, "config.worktree"), "")],
    ["commondir", (dir) => writeFileSync(join(dir, "commondir"), ".")],
    ["modules", (dir) => mkdirSync(join(dir, "modules/x"), { recursive: true })],
    ["worktrees", (dir) => mkdirSync(join(dir, "worktrees/x"), { recursive: true })],
    ["info/attributes", (dir) => writeFileSync(join(dir, "info/attributes"), "")],
    ["branches/origin", (dir) => writeFileSync(join(dir, "branches/origin"), "ext::sh")],
    ["sequencer", (dir) => mkdirSync(join(dir, "sequencer"))],
    ["logs/refs/heads/main", (dir) => replaceByLink(join(dir, "logs/refs/heads/main"))],
    ["refs/heads", (dir) => replaceByLink(join(dir, "refs/heads"))],
    ["index", (dir) => replaceByLink(join(dir, "index"))],
    ["config", (dir) => replaceByLink(join(dir, "config"))],
    ["config", (dir) => linkSync(join(dir, "config"), join(dirname(dir), "second-name"))],
    ["config", (dir) => writeFileSync(join(dir, "config"), "[core]\n\tfsmonitor = x\n")],
    ["config", (dir) => writeFileSync(join(dir, "config"), Buffer.from([0x23, 0xff, 0x0a]))],
    ["config", (dir) => writeFileSync(join(dir, "config"), "#".repeat(70_000))],
  ];
  function replaceByLink(path: string): void {
    rmSync(path, { recursive: true, force: true });
    symlinkSync("/etc/passwd", path);
  }

  test.each(plants)("%s", (name, plant) => {
    const path = repository();
    plant(join(path, ".git"));
    expect(found(path)).toEqual([name]);
  });

  test("what is no repository is nothing of it", () => {
    const path = directory();
    mkdirSync(join(path, ".git/hooks"), { recursive: true });
    writeFileSync(join(path, ".git/HEAD"), "ref: refs/heads/main\n");
    expect(found(path)).toBeNull();
  });

  test("the guard leaves the rest, and a config without what was planted, in a file of its own", async () => {
    const path = directory();
    const finish = new Guard(join(path, "../quarantine")).watch([join(path, ".git")], [path]);
    git(path, "init", "-q");
    git(path, "config", "core.fsmonitor", "/evil");
    linkSync(join(path, ".git/config"), join(path, "second-name"));
    writeFileSync(join(path, ".git/hooks/pre-commit"), "evil");
    const findings = await finish();
    expect(findings.map(({ action }) => action).sort()).toEqual(["quarantined", "restored"]);
    expect(readFileSync(join(path, ".git/config"), "utf8")).not.toContain("evil");
    expect(lstatSync(join(path, ".git/config")).nlink).toBe(1);
    expect(found(path)).toEqual([]);
    git(path, "commit", "-q", "--allow-empty", "-m", "works");
  });
});

describe("a plain config", () => {
  const kept = (text: string) => plainConfig(text, REPOSITORY_KEYS);
  const harmless =
    '# of mine\n[core]\n\tbare = false\n[remote "origin"]\n\turl = "https://example.org/a b.git"\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n';

  test("stays as it is, to the byte", () => {
    for (const text of [harmless, "", "\n", "; nothing"]) expect(kept(text)).toBe(text);
  });

  test.each([
    "[core]\n\tpager = x\n",
    "[core] fsmonitor = x\n",
    "[core]fsmonitor=x\n",
    '[core "x"]\n\tbare = x\n',
    "[core.x]\n\tbare = x\n",
    "[alias]\n\tst = !x\n",
    '[url "x"]\n\tinsteadOf = y\n',
    '[remote "o"]\n\tuploadpack = x\n',
    '[remote "o"]\n\turl = ext::sh -c x\n',
    '[remote "o"]\n\turl = "ext::sh -c x"\n',
    '[remote "o"]\n\turl = e"x"t::sh -c x\n',
    '[remote "o"]\n\turl = a \\\n\tpager = x\n',
    '[remote "o"]\n\turl = "a\n',
    '[remote "o]\n[core]\n\tpager = x\n"]\n\turl = x\n',
    "[core]\n\tbare\n\tpager = x\n",
    "[core]\r\n\tpager = x\r\n",
    "[user]\n\tname = a\0\n",
  ])("loses what is not known, and git reads the rest as it is read here: %j", (evil) => {
    const text = kept(harmless + evil + harmless);
    const file = join(base, `config-${++made}`);
    writeFileSync(file, text);
    const { stdout, exitCode } = Bun.spawnSync(["git", "config", "-f", file, "--list"]);
    expect(exitCode).toBe(0);
    const lines = new Set(stdout.toString().trim().split("\n"));
    expect([...lines].filter((line) => !/^(core\.bare=false|remote\.origin\.(url|fetch)=)/.test(line))).toEqual([]);
    expect(text).toContain("https://example.org");
  });

  test("loses what stands behind a line that goes on: to git it is a part of that", () => {
    expect(kept('[remote "o"]\n\turl = a \\\n\tfetch = b\n')).toBe('[remote "o"]\n');
  });

  test("of a person's own, names and habits stay; what decides where something goes or runs does not", () => {
    const file = (text: string) => {
      const path = join(base, `personal-${++made}`);
      writeFileSync(path, text);
      return path;
    };
    expect(isPersonal(file("[user]\n\tname = someone\n\temail = s@example.org\n[pull]\n\trebase = true\n"))).toBe(true);
    for (const text of ["[core]\n\teditor = x\n", '[remote "o"]\n\turl = x\n', "[alias]\n\tx = !y\n"])
      expect(isPersonal(file(text))).toBe(false);
    expect(isPersonal(join(base, "none"))).toBe(false);
  });
});
