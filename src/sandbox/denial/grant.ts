// Which directory a grant names: as narrow as what failed, and none that many programs share.
import { dirname, join } from "node:path";
import { isWithin } from "../../base/index.ts";
import type { Grant } from "../../protocol/index.ts";
import { cacheOf } from "../caches.ts";
import type { Facts } from "./facts.ts";

/** Beneath the home directory: settings, programs and caches of everything that the user runs outside. */
const SHARED_AT_HOME = [
  ".cache",
  ".config",
  ".local",
  ".local/bin",
  ".local/lib",
  ".local/share",
  ".local/state",
  "Library",
  "Library/Application Support",
  "Library/Caches",
];

/** Directories of the system that belong to no single program. */
const SHARED = [
  ...["/", "/bin", "/boot", "/etc", "/home", "/lib", "/media", "/mnt", "/opt", "/root", "/run", "/sbin", "/srv"],
  ...["/usr", "/usr/bin", "/usr/lib", "/usr/libexec", "/usr/sbin", "/usr/share", "/usr/local"],
  ...["/usr/local/bin", "/usr/local/etc", "/usr/local/lib", "/usr/local/sbin", "/usr/local/share"],
  ...["/var", "/var/cache", "/var/lib", "/var/log", "/var/run", "/var/spool"],
];

/** What lies here is copied into every new repository, hooks too. */
const GIT_TEMPLATES = /\/git-core(\/|$)/;

/** The narrowest directory that opens a path: a tool's cache as a whole, else the nearest one that exists; null: none does. */
export function directoryGrant(path: string, facts: Pick<Facts, "isDirectory">, home: string): Grant | null {
  let directory = cacheOf(path, home) ?? path;
  while (!facts.isDirectory(directory)) directory = dirname(directory);
  const shared = isWithin(home, directory) || SHARED.includes(directory) || isSharedAtHome(directory, home);
  return shared || GIT_TEMPLATES.test(directory) ? null : { add_dir: directory };
}

function isSharedAtHome(directory: string, home: string): boolean {
  return SHARED_AT_HOME.some((name) => join(home, name) === directory);
}

/**
 * The directory of its own that a tool would make beneath the home directory, on the way to a directory: `~/.config/astro`, `~/.pm2`.
 * null where nothing is missing, or nothing that is the tool's alone.
 */
export function missingDirectory(wanted: string, facts: Pick<Facts, "isDirectory">, home: string): string | null {
  let missing: string | null = null;
  for (let at = wanted; !facts.isDirectory(at); at = dirname(at)) missing = at;
  if (missing === null || !isWithin(missing, home) || !missing.slice(home.length).startsWith("/.")) return null;
  while (isSharedAtHome(missing, home)) {
    const [below = ""] = wanted.slice(missing.length + 1).split("/");
    if (below === "") return null;
    missing = join(missing, below);
  }
  return missing;
}
