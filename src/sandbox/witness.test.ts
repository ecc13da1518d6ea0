// A policy that was resolved before is given again only while the disk says the same: held against resolving it anew.
import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { ResolvedPolicies } from "./index.ts";

let root = "";
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "moat-witness-")));
  for (const directory of ["work/.git/hooks", "work/.git/worktrees", "home/.config/git", "moat", "elsewhere/inner"])
    mkdirSync(join(root, directory), { recursive: true });
  write("work/.git/HEAD", "ref: refs/heads/main\n");
  write("work/.git/config", "[core]\n\tbare = false\n");
  write("home/.npmrc", "registry=https://r\n");
  write("moat/config.toml", 'model = "m"\n');
  link("dotfiles", "home/.aws");
  link("../elsewhere", "dotfiles");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (path: string) => join(root, path);
function write(path: string, text: string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
}
function link(target: string, path: string): void {
  if (path === "home/.aws") symlinkSync(join(root, target), at(path));
  else symlinkSync(at(target.replace("../", "")), at(path));
}
const input = () => ({
  mode: "workspace-write" as const,
  cwd: at("work"),
  home: at("home"),
  moat_home: at("moat"),
  env: {},
  tmpdir: null,
  writable_roots: [],
  network_access: false,
  exclude_slash_tmp: true,
  exclude_tmpdir_env_var: true,
  hidden_paths: [at("elsewhere/secret")],
});
const afresh = () => new ResolvedPolicies().resolve(input(), Date.now());
/** So late that everything lies still for long; a change after it has a later time, once the clock of the file system has ticked. */
const LATER = () => Date.now() + 60_000;

function untilTick(): void {
  const changed = () => {
    writeFileSync(at("tick"), "");
    return lstatSync(at("tick"), { bigint: true }).ctimeNs;
  };
  const before = changed();
  while (changed() === before);
}

const CHANGES: Record<string, () => void> = {
  "a store that is a link": () => symlinkSync(at("elsewhere/inner"), at("home/.ssh")),
  "the same in a directory that was not there": () => {
    mkdirSync(at("home/.cargo"));
    symlinkSync(at("elsewhere/inner"), at("home/.cargo/credentials"));
  },
  "a place in the workspace": () => mkdirSync(at("work/.cursor")),
  "a repository goes": () => rmSync(at("work/.git"), { recursive: true }),
  "a repository without a HEAD is none": () => unlinkSync(at("work/.git/HEAD")),
  "settings of git name a script": () => write("work/.git/config", "[core]\n\thooksPath = h/"),
  "settings of the user's git appear": () =>
    write("home/.config/git/config", `[include]\n\tpath = ${at("work/more")}\n`),
  "a file with a key": () => write("home/.npmrc", "//r/:_auth=abcdef0\n"),
  "a copy of the settings that holds a key": () => write("moat/config.toml.bak", 'api_key = "abc"\n'),
  "a worktree": () => write("work/.git/worktrees/a/commondir", "../..\n"),
  "the workspace is a link now": () => {
    renameSync(at("work"), at("elsewhere/work"));
    symlinkSync(at("elsewhere/work"), at("work"));
  },
  "a link leads elsewhere": () => {
    unlinkSync(at("home/.aws"));
    symlinkSync(at("elsewhere/inner"), at("home/.aws"));
  },
  "a link behind a link leads elsewhere": () => {
    unlinkSync(at("dotfiles"));
    symlinkSync(at("elsewhere/inner"), at("dotfiles"));
  },
  "what links lead to has gone": () => rmSync(at("elsewhere"), { recursive: true }),
  "a directory on the way is another one": () => {
    renameSync(at("home/.config"), at("home/.old"));
    mkdirSync(at("home/.config"));
    write("home/.config/git/config", `[include]\n\tpath = ${at("work/more")}\n`);
  },
};

for (const [what, change] of Object.entries(CHANGES)) {
  test(`is noticed: ${what}`, () => {
    const policies = new ResolvedPolicies();
    const first = policies.resolve(input(), LATER());
    expect(policies.resolve(input(), LATER())).toBe(first);
    untilTick();
    change();
    const fresh = afresh();
    expect(fresh).not.toEqual(first);
    expect(policies.resolve(input(), LATER())).toEqual(fresh);
  });
}

test("what makes no difference leaves the policy the very same, also the next time", () => {
  const policies = new ResolvedPolicies();
  const first = policies.resolve(input(), LATER());
  for (const name of ["a", "b"]) {
    untilTick();
    write(`work/${name}`, "x");
    write(`home/${name}`, "x");
    write("moat/log/moat.log", name);
    write("elsewhere/file", name);
    expect(policies.resolve(input(), LATER())).toEqual(first);
  }
  const settled = policies.resolve(input(), LATER());
  expect(policies.resolve(input(), LATER())).toBe(settled);
});

test("what was read a moment ago may have changed within the same tick of the clock: it is read again", () => {
  const policies = new ResolvedPolicies();
  const now = Date.now();
  const first = policies.resolve(input(), now);
  expect(policies.resolve(input(), now)).not.toBe(first);
});

test("another permit is another policy", () => {
  const policies = new ResolvedPolicies();
  const first = policies.resolve(input(), LATER());
  const wider = policies.resolve({ ...input(), extra_write: [at("elsewhere")] }, LATER());
  expect(wider).not.toEqual(first);
  expect(policies.resolve(input(), LATER())).toBe(first);
});

/** Mulberry32: the same walk in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

test("a walk of changes: the answer is always the one that a fresh look gives", () => {
  const next = numbers(7);
  const names = ["home/.ssh", "home/.config/gh", "home/.aws", "dotfiles", "work/.codex", "work/.git/HEAD"];
  const paths = [...names, "work/.git/commondir", "elsewhere/inner", "home/.config", "work/.vscode", "home/.npmrc"];
  const pick = () => at(paths[next(paths.length)] ?? "");
  const policies = new ResolvedPolicies();
  for (let step = 0; step < 300; step++) {
    const [path, other, what] = [pick(), pick(), next(5)];
    try {
      rmSync(path, { recursive: true, force: true });
      if (what === 0) mkdirSync(path, { recursive: true });
      if (what === 1) writeFileSync(path, next(2) === 0 ? "x" : "_auth=1");
      if (what === 2 && other !== path) symlinkSync(other, path);
      if (what === 3) chmodSync(dirname(path), 0o755 - next(2) * 0o44);
    } catch {
      // A link leads nowhere, or round in a circle: nothing changes then.
    }
    const known = policies.resolve(input(), Date.now());
    expect(known).toEqual(afresh());
  }
});

test("whatever a policy is made from asks the disk where a witness hears it", () => {
  // Of these, a policy takes what asks nothing.
  const deaf = new Set([
    "caches.ts",
    "snapshot.ts",
    "programs.ts",
    "regular-file.ts",
    "named-file.ts",
    "stand-in.ts",
    "bundle.ts",
  ]);
  const files = new Set([join(import.meta.dir, "policy.ts")]);
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    for (const [, from = ""] of text.matchAll(/^(?:import|export) (?!type)[^;]*? from "(\.[^"]+)";/gm))
      files.add(join(dirname(file), from));
    if (!/from "node:fs"/.test(text) || deaf.has(basename(file)) || file.endsWith("/witness.ts")) continue;
    expect([file, /from "\.{1,2}\/witness\.ts"/.test(text)]).toEqual([file, true]);
  }
  expect(files.size).toBeGreaterThan(12);
});
