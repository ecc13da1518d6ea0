import { isBeneath, isWithin } from "../base/index.ts";
import type { SandboxMode } from "../protocol/index.ts";
import { cacheOf } from "./caches.ts";
import type { SandboxPolicy } from "./contract.ts";
import { credentialStores } from "./credentials.ts";
import { gitUser } from "./git/settings.ts";
import { absolutePath, exists, isSymlink, kindOf, realPath, realPathOfNew } from "./paths.ts";
import { protectedPlaces, type Root } from "./protect.ts";

/** What a policy is made from. Paths may be relative to `cwd` or begin with `~/`. */
export interface PolicyInput {
  mode: SandboxMode;
  /** The workspace. */
  cwd: string;
  home: string;
  moat_home: string;
  /** What git would be run with outside, to find its files. Absent: they lie where they usually do. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Value of TMPDIR, or null. */
  tmpdir: string | null;
  /** `sandbox_workspace_write.*`: they count in workspace-write only, as in the Codex CLI. */
  writable_roots: string[];
  network_access: boolean;
  exclude_slash_tmp: boolean;
  exclude_tmpdir_env_var: boolean;
  /** Directories that were granted beyond the mode: they count in read-only too. */
  extra_write?: string[];
  /** Places that stay as they are, wherever they lie in what may be written; what does not exist is left out. */
  protect?: readonly string[];
  /** Private caches of the workspace (`privateCaches`): writable wherever something is. null or absent: none. */
  cache_dir?: string | null;
  /** Protections without which no command starts. */
  require?: string[];
}

/** A policy, or why there is none. `notes` are sentences for the user about what was narrowed. */
export type PolicyResult = { ok: true; policy: SandboxPolicy; notes: string[] } | { ok: false; message: string };

/** What `require` may name: the boolean fields of the report, and the two that have a value. */
export const REQUIREMENTS = ["fs", "net", "unix", "carve", "hidden", "loopback", "ipc", "tree_kill"] as const;

/**
 * Resolves a policy against the disk: symlinks followed, protected places and credential stores found. Starts no process.
 * A directory that was named and is not there is an error; `/tmp` and TMPDIR are left out when they are absent.
 */
export async function resolvePolicy(input: PolicyInput): Promise<PolicyResult> {
  const unknown = (input.require ?? []).find((name) => !REQUIREMENTS.some((known) => known === name));
  if (unknown !== undefined) {
    return { ok: false, message: `unknown protection "${unknown}" is required: known are ${REQUIREMENTS.join(", ")}` };
  }
  if (input.mode === "danger-full-access" || input.mode === "external") {
    return { ok: true, policy: unconfined(input), notes: [] };
  }
  const workspace = realPath(input.cwd);
  if (workspace === null || kindOf(workspace) !== "directory") {
    return { ok: false, message: `the working directory ${input.cwd} is not a directory that can be opened` };
  }
  return confined(input, workspace);
}

function confined(input: PolicyInput, workspace: string): PolicyResult {
  const granted = grantedRoots(input, workspace);
  if (!granted.ok) return granted;
  const writes = input.mode === "workspace-write";
  const roots: Root[] = granted.roots;
  const notes: string[] = [];
  if (writes && workspace === "/") {
    notes.push(
      "The working directory is /, so it is not writable: a sandbox around everything protects nothing. " +
        "Start in a project's directory, or name directories with --add-dir.",
    );
  } else if (writes) roots.push({ path: workspace, kind: "workspace" });
  if (writes) roots.push(...temporaryRoots(input));
  // A link in its place is not ours.
  if (roots.length > 0 && input.cache_dir && kindOf(input.cache_dir) === "directory" && !isSymlink(input.cache_dir)) {
    roots.push({ path: realPathOfNew(input.cache_dir), kind: "temporary" });
  }
  const home = realPathOfNew(input.home);
  const moat_home = realPathOfNew(input.moat_home);
  if (writes && workspace !== "/" && isWithin(home, workspace)) {
    notes.push(
      `The working directory ${workspace} holds your home directory: start-up files, ~/.config and installed tools stay ` +
        "read-only in it. A project's own directory is the better place to start in.",
    );
  }
  const places = protectedPlaces(
    roots,
    gitUser(home, input.env ?? {}),
    moat_home,
    (input.protect ?? []).filter(exists),
  );
  const policy: SandboxPolicy = {
    mode: roots.length > 0 ? "workspace-write" : input.mode,
    writable: effectiveRoots(roots, places),
    protected: places,
    hidden: credentialStores(home, moat_home, [workspace, ...granted.roots.map((root) => root.path)]),
    net: writes && input.network_access ? "full" : "none",
    unix: "masked",
    require: input.require ?? [],
  };
  return { ok: true, policy, notes };
}

/** The policy of a mode without confinement. Nothing is protected, and nothing pretends to be. */
function unconfined(input: PolicyInput): SandboxPolicy {
  return {
    mode: input.mode,
    writable: [],
    protected: [],
    hidden: [],
    net: "full",
    unix: "allow",
    require: input.require ?? [],
  };
}

type Granted = { ok: true; roots: Root[] } | { ok: false; message: string };

/** The directories that were named, each of which must exist. */
function grantedRoots(input: PolicyInput, workspace: string): Granted {
  const configured = input.mode === "workspace-write" ? input.writable_roots : [];
  const roots: Root[] = [];
  for (const name of [...configured, ...(input.extra_write ?? [])]) {
    const path = absolutePath(name, workspace, input.home);
    const real = realPath(path);
    const problem = real === null ? "does not exist" : rootProblem(real);
    if (real === null || problem !== null) {
      return { ok: false, message: `the writable directory ${JSON.stringify(path)} ${problem}` };
    }
    const isCache = cacheOf(real, realPathOfNew(input.home)) === real;
    roots.push({ path: real, kind: isCache ? "temporary" : "granted" });
  }
  return { ok: true, roots };
}

function rootProblem(path: string): string | null {
  if (path === "/") {
    return "would make everything writable: name the directories that are meant, or use -s danger-full-access";
  }
  return kindOf(path) === "directory" ? null : "is not a directory: name the directory that holds it";
}

function temporaryRoots(input: PolicyInput): Root[] {
  const candidates = [
    ...(input.exclude_slash_tmp ? [] : ["/tmp"]),
    ...(input.exclude_tmpdir_env_var || !input.tmpdir ? [] : [input.tmpdir]),
  ];
  return candidates
    .filter((path) => path.startsWith("/"))
    .map(realPath)
    .filter((path): path is string => path !== null && path !== "/" && kindOf(path) === "directory")
    .map((path) => ({ path, kind: "temporary" }));
}

/** Roots without those that another root already makes writable. What is granted inside a protected place stays named. */
function effectiveRoots(roots: Root[], places: string[]): string[] {
  const paths = [...new Set(roots.map((root) => root.path))];
  const covers = (outer: string, path: string) =>
    isBeneath(path, outer) && !places.some((place) => isBeneath(place, outer) && isWithin(path, place));
  return paths.filter((path) => !paths.some((outer) => covers(outer, path)));
}
