// A `.git` that came into being while a command ran. What `git init` and `git clone` leave is kept, whoever called them; whatever
// decides what a later git runs, or where it takes its config from, is not.
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PERSONAL_KEYS, plainConfig, REPOSITORY_KEYS } from "./plain-config.ts";

/** Something that does not belong there. */
export interface Stranger {
  path: string;
  /** What takes its place; null: nothing. */
  text: string | null;
}

/** What git keeps in a repository without being in the middle of something (gitrepository-layout(5)), and git-lfs's store. */
const DIRECTORIES = new Set(["branches", "hooks", "info", "lfs", "logs", "objects", "refs", "reftable"]);
const FILES = new Set([
  "COMMIT_EDITMSG",
  "FETCH_HEAD",
  "HEAD",
  "ORIG_HEAD",
  "config",
  "description",
  "gc.log",
  "gc.pid",
  "index",
  "packed-refs",
  "shallow",
]);
/** Of the directories those whose content decides something, with what may lie in them. git never runs a sample. */
const ENTRIES = new Map<string, RegExp>([
  ["hooks", /\.sample$/],
  ["info", /^(?:exclude|refs|sparse-checkout)$/],
  ["branches", /^$/],
]);
/** No config is longer. */
const MAX_CONFIG_BYTES = 64 * 1024;

/**
 * What does not belong into the `.git` at this path; null when it is no repository at all. What disappears while it is looked at is
 * somebody else's business.
 */
export function strangers(dot_git: string): Stranger[] | null {
  if (!isRepository(dot_git)) return null;
  const found = listed(dot_git).flatMap((name) => {
    const path = join(dot_git, name);
    const kind = kindOf(path);
    if (kind === "directory" && DIRECTORIES.has(name)) return entryStrangers(path, ENTRIES.get(name) ?? null);
    if (kind === "file" && name === "config") return configStrangers(path);
    // git writes beside a file and renames: a lock belongs to a git that runs.
    return kind === "file" && FILES.has(name.replace(/\.lock$/, "")) ? [] : [{ path, text: null }];
  });
  return found.filter(({ path }) => kindOf(path) !== null);
}

/** True when the config at this path, a user's own, holds nothing but names and habits. */
export function isPersonal(path: string): boolean {
  const text = kindOf(path) === "file" ? readConfig(path) : null;
  return text !== null && plainConfig(text, PERSONAL_KEYS) === text;
}

/** True when there is a repository, as far as git has made it: it begins with the directory and ends with HEAD. */
export function isRepository(dot_git: string): boolean {
  const is = (name: string, kind: string) => kindOf(join(dot_git, name)) === kind;
  return kindOf(dot_git) === "directory" && is("objects", "directory") && is("refs", "directory") && is("HEAD", "file");
}

/** What git would write through a link, such as a line of `logs/HEAD`, would go where the link leads. */
function entryStrangers(directory: string, allowed: RegExp | null): Stranger[] {
  return listed(directory).flatMap((name) => {
    const path = join(directory, name);
    const kind = kindOf(path);
    if (kind === "directory" && allowed === null) return entryStrangers(path, null);
    return kind === "file" && (allowed === null || allowed.test(name)) ? [] : [{ path, text: null }];
  });
}

/** A second name of the file could change it later, from where a command may write. */
function configStrangers(path: string): Stranger[] {
  const text = readConfig(path);
  if (text === null) return [{ path, text: null }];
  const plain = plainConfig(text, REPOSITORY_KEYS);
  const names = lstatSync(path, { throwIfNoEntry: false })?.nlink ?? 1;
  return plain === text && names === 1 ? [] : [{ path, text: plain }];
}

function readConfig(path: string): string | null {
  try {
    if (lstatSync(path).size > MAX_CONFIG_BYTES) return null;
    const bytes = readFileSync(path);
    const text = bytes.toString("utf8");
    return Buffer.from(text, "utf8").equals(bytes) ? text : null;
  } catch {
    return null;
  }
}

function listed(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function kindOf(path: string): "directory" | "file" | "other" | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return null;
  return stat.isDirectory() ? "directory" : stat.isFile() ? "file" : "other";
}
