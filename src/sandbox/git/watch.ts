// A plain git command may write the repository, and with it what runs inside (hooks, filters, the scripts that they call). What a
// later git outside would act on is compared when everything of the command has ended.

import type { Stats } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isWithin } from "../../base/index.ts";
import type { GuardFinding, SandboxPolicy } from "../contract.ts";
import { writeNew } from "../guard.ts";
import { lstatOf, realPath } from "../paths.ts";
import type { Quarantine } from "../quarantine.ts";
import { strangers } from "./born.ts";
import { type IndexFile, readIndexFile } from "./index-file.ts";
import { instructions } from "./instructions.ts";
import { readLayout } from "./layout.ts";
import { gitlinks } from "./nested.ts";
import { oddNodes } from "./odd-nodes.ts";
import type { GitAccess, GitLayout } from "./repository.ts";
import { parseGitConfig } from "./settings.ts";
import { isReadable, readGitFile } from "./small-file.ts";

/** An index above this size is not kept to be put back: `git reset` makes it anew. */
const KEPT_BYTES = 64 * 1024 * 1024;

/**
 * Looks at repositories before a command starts. What it gives compares, moves away what must not stay, and says so.
 * @param policy what the command runs under
 * @param quarantine out of the commands' reach
 */
export function watchRepositories(
  access: GitAccess,
  { writable, protected: kept }: Pick<SandboxPolicy, "writable" | "protected">,
  quarantine: Quarantine,
): () => GuardFinding[] {
  const opened = [...new Set(access.opened.flatMap(({ git_dir, common_dir }) => [git_dir, common_dir]))];
  const places = opened.map((git_dir) => new Place(git_dir, quarantine));
  const configs = access.rewritten.map(({ git_dir }) => keepConfig(join(git_dir, "config"), quarantine));
  const all = [...access.opened, ...access.watched, ...access.opened.flatMap(mainWorkTree)];
  const within = (path: string, directories: string[]) => directories.some((directory) => isWithin(path, directory));
  const isOpened = (dot_git: string) => access.opened.some(({ common_dir }) => common_dir === dot_git);
  // What is protected stayed what it was, by the kernel or by the guard; and so did the settings of what was opened.
  const reached = (dot_git: string) => within(dot_git, writable) && !within(dot_git, kept) && !isOpened(dot_git);
  /** Those that indexes name now; later commands know them, too. */
  const dotGitsNow = () => {
    const named = [...new Set(all.flatMap(dotGits))];
    for (const dot_git of named) access.linked.add(dot_git);
    return named;
  };
  dotGitsNow();
  return () => [
    ...places.flatMap((place) => place.compare()),
    ...configs.flatMap((compare) => compare()),
    ...dotGitsNow()
      .filter(reached)
      .flatMap((dot_git) => newNested(dot_git, access.git_dirs, quarantine)),
  ];
}

/** A linked worktree opens the common directory, and so the index of the main work tree. */
function mainWorkTree({ kind, common_dir }: GitLayout): Pick<GitLayout, "git_dir" | "work_tree">[] {
  const named = kind === "worktree" && basename(common_dir) === ".git";
  return named ? [{ git_dir: common_dir, work_tree: dirname(common_dir) }] : [];
}

const dotGits = (layout: Pick<GitLayout, "git_dir" | "work_tree">) =>
  gitlinks(layout).map((path) => join(path, ".git"));

const isThere = (path: string) => lstatOf(path) !== null;

/**
 * A repository in a place that the index of another one names: `git status` of that one looks into it. What `git init` and
 * `git clone` leave stays; a `.git` file may lead to what commands cannot write.
 */
function newNested(dot_git: string, known: readonly string[], quarantine: Quarantine): GuardFinding[] {
  const stat = lstatOf(dot_git);
  if (stat === null || leadsToKnown(dot_git, stat, known)) return [];
  const strange = stat.isDirectory() ? strangers(dot_git) : null;
  const why = "git in the project around it would obey this repository";
  if (strange !== null) {
    const inside = gitlinks({ git_dir: dot_git, work_tree: dirname(dot_git) }).map((path) => join(path, ".git"));
    return [
      ...strange.map(({ path, text }) => replace(path, text === null ? null : Buffer.from(text), quarantine, why)),
      ...inside.flatMap((path) => newNested(path, known, quarantine)),
    ];
  }
  // Without a HEAD it is nothing to git.
  if (stat.isDirectory() && !isThere(join(dot_git, "HEAD"))) return [];
  return [replace(dot_git, null, quarantine, why)];
}

function leadsToKnown(dot_git: string, stat: Stats, known: readonly string[]): boolean {
  const layout = stat.isFile() ? readLayout(dirname(dot_git)) : null;
  return layout?.confirmed === true && known.includes(layout.git_dir);
}

/** Moves away what is at a path, and puts something in its place where there is something to put. */
function replace(
  path: string,
  bytes: Uint8Array | null,
  quarantine: Quarantine,
  why: string,
  mode = 0o644,
): GuardFinding {
  const kept_at = quarantine.take(path);
  if (bytes === null) return { path, action: "quarantined", kept_at, why };
  writeNew(path, bytes, mode);
  return { path, action: "restored", kept_at, why };
}

/** A config that may be written, but must say the same afterwards. */
function keepConfig(path: string, quarantine: Quarantine): () => GuardFinding[] {
  const mode = (lstatOf(path)?.mode ?? 0o644) & 0o777;
  const before = readGitFile(path);
  const settings = JSON.stringify(parseGitConfig(before));
  return () => {
    const now = isReadable(path) && lstatOf(path) !== null ? readGitFile(path) : null;
    if (now !== null && JSON.stringify(parseGitConfig(now)) === settings) return [];
    return [replace(path, Buffer.from(before), quarantine, "git was only to write it anew", mode)];
  };
}

/** One git directory. */
class Place {
  readonly #git_dir: string;
  readonly #quarantine: Quarantine;
  readonly #index: IndexFile | null;
  readonly #nodes: Map<string, string>;
  readonly #instructions: Map<string, string[]>;

  constructor(git_dir: string, quarantine: Quarantine) {
    this.#git_dir = git_dir;
    this.#quarantine = quarantine;
    this.#index = readIndexFile(git_dir);
    this.#nodes = oddNodes(git_dir);
    this.#instructions = instructions(git_dir);
  }

  compare(): GuardFinding[] {
    // Behind a link lies somebody else's repository, in which nothing may be moved.
    if (realPath(this.#git_dir) !== this.#git_dir) {
      return [{ path: this.#git_dir, action: "reported", kept_at: null, why: "it is not where it was" }];
    }
    return [...this.#oddNodes(), ...this.#newInstructions(), ...this.#compareIndex()];
  }

  #oddNodes(): GuardFinding[] {
    const index = join(this.#git_dir, "index");
    const fresh = [...oddNodes(this.#git_dir)].filter(([path, id]) => this.#nodes.get(path) !== id && path !== index);
    return fresh.map(([path]) => this.#away(path, "git makes no such thing there, and would follow it"));
  }

  #newInstructions(): GuardFinding[] {
    return [...instructions(this.#git_dir)].flatMap(([path, words]) => {
      const before = this.#instructions.get(path) ?? [];
      const fresh = words.filter((word) => !before.includes(word));
      return fresh.length === 0 ? [] : [this.#away(path, `git would run what it says: ${fresh.join("; ")}`)];
    });
  }

  #compareIndex(): GuardFinding[] {
    const path = join(this.#git_dir, "index");
    if (!isThere(path)) return [];
    const why = indexProblem(readIndexFile(this.#git_dir), this.#index);
    if (why === null) return [];
    const before = this.#index;
    const kept = before !== null && before.bytes.length <= KEPT_BYTES ? before : null;
    return [replace(path, kept?.bytes ?? null, this.#quarantine, why, kept?.mode)];
  }

  #away(path: string, why: string): GuardFinding {
    return replace(path, null, this.#quarantine, why);
  }
}

/** Why an index must not stay; null: it may. */
function indexProblem(now: IndexFile | null, before: IndexFile | null): string | null {
  if (now === null) return "it is no regular file";
  const { facts } = now;
  if (facts === null) return "it is no index that can be read";
  const [name] = facts.odd;
  if (name !== undefined) return `git itself adds no such name: ${JSON.stringify(name)}`;
  return facts.sparse && before?.facts?.sparse !== true ? "it hides entries in directories" : null;
}
