import { createHash } from "node:crypto";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { isWithin } from "./paths.ts";

/** What a tool's caches need. */
interface Cache {
  /** Directory beneath the private one. */
  name: string;
  /** Variables that move the cache there. */
  variables: string[];
}

/**
 * Caches that are moved into a private directory of the workspace. Each holds only what the tool can make or fetch again;
 * none holds programs that the user runs. npm reads any `npm_config_*`, and so does pnpm.
 */
const CACHES: Cache[] = [
  { name: "npm", variables: ["npm_config_cache"] },
  { name: "pnpm", variables: ["npm_config_store_dir"] },
  { name: "yarn", variables: ["YARN_CACHE_FOLDER"] },
  { name: "yarn-berry", variables: ["YARN_GLOBAL_FOLDER"] },
  { name: "bun", variables: ["BUN_INSTALL_CACHE_DIR"] },
  { name: "pip", variables: ["PIP_CACHE_DIR"] },
  { name: "uv", variables: ["UV_CACHE_DIR"] },
  { name: "go-build", variables: ["GOCACHE"] },
  { name: "ccache", variables: ["CCACHE_DIR"] },
];

/**
 * Caches that are moved only where something can be downloaded. Without a network the user's own are worth more, and these
 * tools read them without writing.
 */
const DOWNLOAD_CACHES: Cache[] = [
  { name: "go-mod", variables: ["GOMODCACHE"] },
  { name: "cargo", variables: ["CARGO_HOME"] },
];

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
  ".cache/pre-commit",
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
 * Makes the private cache directory of a workspace (mode 0700) and says which variables lead tools to it.
 * @param base where moat keeps caches, outside every writable directory: `$XDG_CACHE_HOME/moat` or `~/.cache/moat`
 * @param home user's home directory: cargo's settings and gradle's caches there are still read
 */
export function privateCaches(base: string, workspace: string, home: string, network: "none" | "full"): PrivateCaches {
  const id = createHash("sha256").update(workspace).digest("hex").slice(0, 16);
  const directory = join(base, "workspaces", id);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const moved = network === "none" ? CACHES : [...CACHES, ...DOWNLOAD_CACHES];
  const env: Record<string, string> = {};
  for (const { name, variables } of moved) for (const variable of variables) env[variable] = join(directory, name);
  if (network === "full") linkCargoSettings(directory, workspace, home);
  return { directory, env: { ...env, ...gradle(directory, home) } };
}

/** Gradle cannot work with a home that it cannot write, but reads a second, read-only set of dependencies. */
function gradle(directory: string, home: string): Record<string, string> {
  const own = join(home, ".gradle", "caches");
  return { GRADLE_USER_HOME: join(directory, "gradle"), ...(existsSync(own) ? { GRADLE_RO_DEP_CACHE: own } : {}) };
}

/** Cargo reads its settings (a mirror, a linker) from CARGO_HOME, or on the way up from the workspace. */
function linkCargoSettings(directory: string, workspace: string, home: string): void {
  const own = join(home, ".cargo", "config.toml");
  const link = join(directory, "cargo", "config.toml");
  if (isWithin(workspace, home) || !existsSync(own) || existsSync(link)) return;
  mkdirSync(join(directory, "cargo"), { recursive: true });
  symlinkSync(own, link);
}
