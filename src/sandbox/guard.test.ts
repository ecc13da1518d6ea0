import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Guard } from "./guard.ts";

const base = realpathSync(mkdtempSync(join(tmpdir(), "moat-guard-")));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let made = 0;
/** A workspace with files in it; names that end with "/" are directories. */
function workspace(files: Record<string, string>) {
  const root = join(base, `${++made}`);
  const at = (name: string) => join(root, name);
  mkdirSync(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(at(name)), { recursive: true });
    if (name.endsWith("/")) mkdirSync(at(name), { recursive: true });
    else writeFileSync(at(name), text);
  }
  const quarantine = join(base, `quarantine-${made}`);
  const read = (name: string) => readFileSync(at(name), "utf8");
  return {
    root,
    at,
    read,
    quarantine,
    watch: (...places: string[]) => new Guard(quarantine).watch(places.map(at), [root]),
  };
}

const repository = {
  ".git/HEAD": "ref: refs/heads/main\n",
  ".git/config": "[core]\n",
  ".git/hooks/pre-commit.sample": "#!/bin/sh\n",
  ".git/objects/": "",
  ".git/refs/heads/main": "0000\n",
};

describe("protected places that the kernel could not close", () => {
  test("nothing is found when nothing was touched, and nothing is made", async () => {
    const w = workspace({ ...repository, "a.txt": "a" });
    const finish = w.watch(".git", ".moat", ".vscode/settings.json");
    writeFileSync(w.at("a.txt"), "b");
    writeFileSync(w.at(".git/objects/new"), "blob");
    expect(await finish()).toEqual([]);
    expect(existsSync(w.quarantine)).toBe(false);
  });

  test("a changed file is put back, with its mode; what was written is kept", async () => {
    const w = workspace({ ".claude/settings.json": "mine" });
    chmodSync(w.at(".claude/settings.json"), 0o640);
    const finish = w.watch(".claude");
    writeFileSync(w.at(".claude/settings.json"), "evil");
    chmodSync(w.at(".claude/settings.json"), 0o777);
    const [finding, ...more] = await finish();
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ path: w.at(".claude/settings.json"), action: "restored" });
    expect(w.read(".claude/settings.json")).toBe("mine");
    expect(statSync(w.at(".claude/settings.json")).mode & 0o7777).toBe(0o640);
    expect(readFileSync(finding?.kept_at ?? "", "utf8")).toBe("evil");
  });

  test("a change that restores size and times is seen all the same", async () => {
    const w = workspace({ ".husky/pre-commit": "good" });
    const { atime, mtime } = statSync(w.at(".husky/pre-commit"));
    const finish = w.watch(".husky");
    writeFileSync(w.at(".husky/pre-commit"), "evil");
    require("node:fs").utimesSync(w.at(".husky/pre-commit"), atime, mtime);
    expect(await finish()).toHaveLength(1);
    expect(w.read(".husky/pre-commit")).toBe("good");
  });

  test("a directory gets its mode back, but for what is only watched", async () => {
    const w = workspace({ ...repository, ".claude/agents/a": "" });
    const [ours, theirs] = [w.at(".claude/agents"), w.at(".git/refs")];
    for (const path of [ours, theirs]) chmodSync(path, 0o755);
    const finish = w.watch(".claude", ".git");
    for (const path of [ours, theirs]) chmodSync(path, 0o777);
    expect(await finish()).toEqual([{ path: ours, action: "restored", kept_at: null }]);
    expect([ours, theirs].map((path) => statSync(path).mode & 0o777)).toEqual([0o755, 0o777]);
  });

  test("what was removed or replaced comes back", async () => {
    const w = workspace({ ".husky/_/h": "1", ".husky/pre-commit": "2", ".codex/config.toml": "3" });
    symlinkSync("pre-commit", w.at(".husky/link"));
    const finish = w.watch(".husky", ".codex");
    rmSync(w.at(".husky"), { recursive: true });
    rmSync(w.at(".codex"), { recursive: true });
    writeFileSync(w.at(".codex"), "a file now");
    expect((await finish()).map(({ action }) => action)).toEqual(["restored", "restored"]);
    expect([w.read(".husky/_/h"), w.read(".husky/pre-commit"), w.read(".codex/config.toml")]).toEqual(["1", "2", "3"]);
    expect(readlinkSync(w.at(".husky/link"))).toBe("pre-commit");
  });

  test("what appeared is moved away", async () => {
    const w = workspace({ "a.txt": "" });
    const finish = w.watch(".git", ".moat", ".vscode/settings.json");
    mkdirSync(w.at(".git/hooks"), { recursive: true });
    writeFileSync(w.at(".git/hooks/pre-commit"), "evil");
    mkdirSync(w.at(".vscode"));
    writeFileSync(w.at(".vscode/settings.json"), "evil");
    writeFileSync(w.at(".vscode/other.json"), "fine");
    const findings = await finish();
    expect(findings.map(({ action }) => action)).toEqual(["quarantined", "quarantined"]);
    expect(existsSync(w.at(".git"))).toBe(false);
    expect(existsSync(w.at(".vscode/settings.json"))).toBe(false);
    expect(existsSync(w.at(".vscode/other.json"))).toBe(true);
    expect(readFileSync(join(findings[0]?.kept_at ?? "", "hooks/pre-commit"), "utf8")).toBe("evil");
  });

  test("in a git directory what git executes is put back; what the user's own git may be changing is only reported", async () => {
    const w = workspace(repository);
    const finish = w.watch(".git");
    writeFileSync(w.at(".git/hooks/pre-commit"), "evil");
    writeFileSync(w.at(".git/config"), "[core]\nfsmonitor=evil\n");
    writeFileSync(w.at(".git/commondir"), "/evil");
    writeFileSync(w.at(".git/refs/heads/main"), "1111\n");
    writeFileSync(w.at(".git/index.lock"), "");
    const findings = Object.fromEntries(
      (await finish()).map(({ path, action }) => [path.slice(w.root.length + 6), action]),
    );
    expect(findings).toEqual({
      "hooks/pre-commit": "quarantined",
      config: "restored",
      commondir: "quarantined",
      "refs/heads/main": "reported",
      "index.lock": "reported",
    });
    expect(w.read(".git/config")).toBe("[core]\n");
    expect(w.read(".git/refs/heads/main")).toBe("1111\n");
    expect(existsSync(w.at(".git/commondir"))).toBe(false);
  });

  test("a directory does not become a git directory by looking like one", async () => {
    const w = workspace({ ".claude/a": "" });
    const finish = w.watch(".claude");
    mkdirSync(w.at(".claude/objects"));
    writeFileSync(w.at(".claude/HEAD"), "");
    writeFileSync(w.at(".claude/new"), "evil");
    expect((await finish()).map(({ action }) => action)).toEqual(["quarantined", "quarantined", "quarantined"]);
    expect(existsSync(w.at(".claude/new"))).toBe(false);
  });

  test("what somebody goes on making once the command has ended is not the command's", async () => {
    const w = workspace({ ".git/config": "[core]\n", ".git/refs/": "" });
    const finish = w.watch(".git");
    const findings = finish();
    mkdirSync(w.at(".git/objects"));
    expect(await findings).toEqual([]);
    expect(existsSync(w.at(".git/objects"))).toBe(true);
  });

  test("moving the directory above away and making a new one does not help", async () => {
    const w = workspace({ "sub/.husky/pre-commit": "good" });
    const finish = w.watch("sub/.husky");
    renameSync(w.at("sub"), w.at("sub2"));
    mkdirSync(w.at("sub/.husky"), { recursive: true });
    writeFileSync(w.at("sub/.husky/pre-commit"), "evil");
    expect(await finish()).toHaveLength(1);
    expect(w.read("sub/.husky/pre-commit")).toBe("good");
  });

  test("a symlink on the way does not lead the repair out of the workspace", async () => {
    const outside = join(base, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "settings.json"), "the user's");
    for (const files of [{ ".vscode/settings.json": "mine" }, { "a.txt": "" }] as Record<string, string>[]) {
      const w = workspace(files);
      const finish = w.watch(".vscode/settings.json");
      rmSync(w.at(".vscode"), { recursive: true, force: true });
      symlinkSync(outside, w.at(".vscode"));
      expect((await finish()).length).toBeGreaterThan(0);
      expect(readFileSync(join(outside, "settings.json"), "utf8")).toBe("the user's");
      expect(lstatSync(w.at(".vscode"), { throwIfNoEntry: false })?.isSymbolicLink() ?? false).toBe(false);
      expect(existsSync(w.at(".vscode/settings.json"))).toBe(files["a.txt"] === undefined);
    }
  });

  test("a file that is too large to keep is reported", async () => {
    const w = workspace({ ".claude/big": "x".repeat((1 << 20) + 1) });
    const finish = w.watch(".claude");
    writeFileSync(w.at(".claude/big"), "small");
    expect(await finish()).toEqual([{ path: w.at(".claude/big"), action: "reported", kept_at: null }]);
  });
});
