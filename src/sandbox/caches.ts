import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isWithin } from "../base/index.ts";
import type { Network } from "../protocol/index.ts";
import { pathExists } from "./paths.ts";
import { noted } from "./witness.ts";

/** What a tool keeps for itself, and how it is moved. */
interface Cache {
  /** Directory beneath the private one. */
  name: string;
  /** Variables that move it there. */
  variables: string[];
  /** Where it lies otherwise, beneath the home directory: where one of these may be written, nothing is moved. */
  usual?: string[];
  /** The variable that leads to the usual place where that may be written, for a tool that would not take it by itself. */
  leads?: string;
}

/**
 * Caches that are moved into a private directory of the workspace. Each holds only what the tool can make or fetch again;
 * none holds programs that the user runs. pnpm's store lies in PNPM_HOME until version 11, in `pnpm_config_store_dir` from 12 on;
 * `npm_config_store_dir` and `npm_config_devdir` would make npm complain at every start.
 */
const CACHES: Cache[] = [
  { name: "npm", variables: ["npm_config_cache"], usual: [".npm"] },
  {
    name: "pnpm",
    variables: ["PNPM_HOME", "pnpm_config_store_dir"],
    usual: [".local/share/pnpm/store", "Library/pnpm/store"],
    // It takes the usual store only where it can make a file in the home directory itself.
    leads: "pnpm_config_store_dir",
  },
  { name: "yarn", variables: ["YARN_CACHE_FOLDER"], usual: [".cache/yarn", "Library/Caches/Yarn"] },
  { name: "yarn-berry", variables: ["YARN_GLOBAL_FOLDER"], usual: [".yarn/berry", ".yarn/berry/cache"] },
  { name: "bun", variables: ["BUN_INSTALL_CACHE_DIR"], usual: [".bun/install/cache"] },
  { name: "pip", variables: ["PIP_CACHE_DIR"], usual: [".cache/pip", "Library/Caches/pip"] },
  { name: "uv", variables: ["UV_CACHE_DIR"], usual: [".cache/uv"] },
  { name: "go-build", variables: ["GOCACHE"], usual: [".cache/go-build", "Library/Caches/go-build"] },
  { name: "ccache", variables: ["CCACHE_DIR"], usual: [".cache/ccache", ".ccache"] },
  { name: "node-gyp", variables: ["npm_package_config_node_gyp_devdir"], usual: [".cache/node-gyp"] },
];

/**
 * Directories of state that tools make beneath the home directory and cannot do without, moved as the caches are. None holds what a
 * person configured.
 */
const STATE: Cache[] = [
  { name: "chrome", variables: ["CHROME_CONFIG_HOME"] },
  { name: "pm2", variables: ["PM2_HOME"], usual: [".pm2"] },
  { name: "screen", variables: ["SCREENDIR"] },
  { name: "ansible", variables: ["ANSIBLE_LOCAL_TEMP"], usual: [".ansible", ".ansible/tmp"] },
];

/** The same, of which the variable would reach other machines where there is a network. */
const OFFLINE_STATE: Cache[] = [
  { name: "ansible", variables: ["ANSIBLE_REMOTE_TEMP"], usual: [".ansible", ".ansible/tmp"] },
];

/**
 * Caches that are moved only where something can be downloaded. Without a network the user's own are worth more, and these
 * tools read them without writing.
 */
const DOWNLOAD_CACHES: Cache[] = [
  { name: "go-mod", variables: ["GOMODCACHE"], usual: ["go/pkg/mod"] },
  { name: "cargo", variables: ["CARGO_HOME"], usual: [".cargo", ".cargo/registry"] },
];

/** Variables of the private caches that hold options: they are added to what the user has there (`commandEnvironment`). */
export const CACHE_OPTIONS: readonly string[] = ["MAVEN_OPTS"];

/** Usual places of caches beneath the home directory, for grants by name. None holds programs that the user runs. */
const USUAL = [
  ".npm",
  ".cargo/registry",
  ".cargo/git",
  ".cache/pip",
  ".cache/uv",
  ".cache/go-build",
  ".cache/yarn",
  ".cache/pnpm",
  ".cache/ccache",
  ".cache/node-gyp",
  ".cache/ms-playwright",
  ".cache/bazel",
  ".local/share/pnpm/store",
  ".yarn/berry/cache",
  ".bun/install/cache",
  ".gradle/caches",
  ".m2/repository",
  ".nuget/packages",
  "go/pkg/mod",
  "Library/Caches/pip",
  "Library/Caches/go-build",
  "Library/Caches/Yarn",
  "Library/pnpm/store",
];

/** The tool cache that a path belongs to, as it would be granted; null when it belongs to none. */
export function cacheOf(path: string, home: string): string | null {
  return USUAL.map((place) => join(home, place)).find((place) => isWithin(path, place)) ?? null;
}

/** Private caches of one workspace: `directory` has to be writable in the policy, `env` goes into the environment. */
export interface PrivateCaches {
  directory: string;
  env: Record<string, string>;
}

/**
 * Makes the private cache directory of a workspace (mode 0700) and says which variables lead tools to it. null where it cannot
 * be made, as in a home directory that is read-only: tools then have the user's own caches, to read. Once commands may
 * write it, nothing in it is touched from outside any more: they could have put links there.
 * @param base where moat keeps caches, itself writable in no policy: `~/.cache/moat`
 * @param home user's home directory: settings of cargo and npm, and gradle's caches there are still read
 * @param named directories that a person made writable by name, as they were named: a cache among them stays where it is
 */
export function privateCaches(
  base: string,
  workspace: string,
  home: string,
  network: Network,
  named: readonly string[] = [],
): PrivateCaches | null {
  const directory = join(base, "workspaces", workspaceId(workspace));
  if (!pathExists(directory) && !create(directory, workspace, home)) return null;
  const all = [...CACHES, ...STATE, ...(network === "none" ? OFFLINE_STATE : DOWNLOAD_CACHES)];
  const granted = new Set(named.map((path) => absolute(path, workspace, home)));
  const ownPlace = (places: string[]) => places.map((place) => join(home, place)).find((place) => granted.has(place));
  const own = (places: string[]) => ownPlace(places) !== undefined;
  const moved = all.filter(({ name, usual = [] }) => !own(usual) && !(name === "yarn" && hasYarnSettings(workspace)));
  const env: Record<string, string> = {};
  for (const { name, variables } of moved) for (const variable of variables) env[variable] = join(directory, name);
  for (const { leads, usual = [] } of all) {
    const place = ownPlace(usual);
    if (leads && place) env[leads] = place;
  }
  if (!own([".gradle", ".gradle/caches"])) Object.assign(env, gradle(directory, home));
  if (!own([".m2", ".m2/repository"])) Object.assign(env, maven(directory, home));
  return { directory, env: { ...env, ...npmSettings(join(base, "npmrc"), home) } };
}

/** Names what is kept for a workspace. */
export function workspaceId(workspace: string): string {
  return new Bun.CryptoHasher("sha256").update(workspace).digest("hex").slice(0, 16);
}

function absolute(path: string, workspace: string, home: string): string {
  return path.startsWith("~/") ? join(home, path.slice(2)) : resolve(workspace, path);
}

/** From version 2 on yarn may keep a project's cache in the project and writes its path into what is committed. */
function hasYarnSettings(directory: string): boolean {
  if (pathExists(join(directory, ".yarnrc.yml"))) return true;
  const parent = dirname(directory);
  return parent !== directory && hasYarnSettings(parent);
}

/** All at once, so that another moat sees nothing or everything. Whether it is there now. */
function create(directory: string, workspace: string, home: string): boolean {
  const fresh = `${directory}.${process.pid}`;
  try {
    mkdirSync(fresh, { recursive: true, mode: 0o700 });
    linkCargoSettings(fresh, workspace, home);
    renameSync(fresh, directory);
    return true;
  } catch {
    removed(fresh);
    return pathExists(directory);
  }
}

function removed(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // In a home that nobody may enter there is nothing to remove.
  }
}

/** Cargo reads its settings (a mirror, a linker) from CARGO_HOME, or on the way up from the workspace. */
function linkCargoSettings(directory: string, workspace: string, home: string): void {
  const own = join(home, ".cargo", "config.toml");
  if (isWithin(workspace, home) || !pathExists(own)) return;
  mkdirSync(join(directory, "cargo"));
  symlinkSync(own, join(directory, "cargo", "config.toml"));
}

/** Gradle cannot work with a home that it cannot write, but reads a second, read-only set of dependencies. */
function gradle(directory: string, home: string): Record<string, string> {
  const own = join(home, ".gradle", "caches");
  return { GRADLE_USER_HOME: join(directory, "gradle"), ...(pathExists(own) ? { GRADLE_RO_DEP_CACHE: own } : {}) };
}

/** Maven, too; one before 3.9 reads nothing of the user's own. Its script splits the options at blanks, however they are quoted. */
function maven(directory: string, home: string): Record<string, string> {
  const [fresh, own] = [join(directory, "m2"), join(home, ".m2", "repository")];
  if (/\s/.test(fresh + own)) return {};
  const tail = pathExists(own) ? ` -Dmaven.repo.local.tail=${own}` : "";
  return { MAVEN_OPTS: `-Dmaven.repo.local=${fresh}${tail}` };
}

/** What may be known of `~/.npmrc`, which is hidden: where packages come from and how to get there. */
const PUBLIC_NPM_SETTING = /^\s*(?:(?:@[\w.-]+:)?registry|proxy|https-proxy|noproxy|cafile|strict-ssl)\s*=/;
/** A password in an address. */
const USER_INFO = /\/\/[^/\s]*@/;

/** Yarn stops at a `.npmrc` that it cannot read, and npm would not find the user's registry. */
function npmSettings(file: string, home: string): Record<string, string> {
  const own = join(home, ".npmrc");
  if (!pathExists(own)) return {};
  try {
    const lines = readFileSync(noted(own, true), "utf8").split("\n");
    const open = lines.filter((line) => PUBLIC_NPM_SETTING.test(line) && !USER_INFO.test(line)).join("\n");
    if (!pathExists(file) || readFileSync(noted(file, true), "utf8") !== open)
      writeFileSync(file, open, { mode: 0o600 });
    return { npm_config_userconfig: file };
  } catch {
    return {}; // A file that this user cannot read tells npm nothing either.
  }
}
