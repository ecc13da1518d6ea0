import { dirname, join } from "node:path";
import { isBeneath, isWithin, undoStoreName } from "../base/index.ts";
import { configuredNetwork, type Network, type SandboxMode } from "../protocol/index.ts";
import { hostProblem } from "../proxy/index.ts";
import { cacheOf, type PrivateCaches, privateCaches } from "./caches.ts";
import type { HomeLayer, SandboxPolicy } from "./contract.ts";
import { credentialStores, withoutOpened } from "./credentials.ts";
import { gitUser } from "./git/settings.ts";
import { makeLayerStore } from "./home/store.ts";
import { absolutePath, isSymlink, kindOf, outermost, realPath, realPathOfNew } from "./paths.ts";
import { type Reach, reachOf } from "./programs.ts";
import { LAYERS, OWN_CACHE, protectedPlaces, type Root, standIns } from "./protect.ts";
import { Witness, witnessed } from "./witness.ts";

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
  /** Hosts that are open without it. Absent: none. */
  network_hosts?: readonly string[];
  exclude_slash_tmp: boolean;
  exclude_tmpdir_env_var: boolean;
  /** Cannot be read, beside the credential stores, in read-only too. They may not exist. */
  hidden_paths: string[];
  /** Directories that were granted beyond the mode: they count in read-only too. */
  extra_write?: string[];
  /** Sockets of programs outside that may be reached. Those that do not exist are left out. */
  allow_sockets?: readonly string[];
  /** Files in stores of credentials that may be read all the same. */
  allow_reading?: readonly string[];
  /** Places that stay read-only beside the usual ones. They may not exist. */
  extra_protect?: readonly string[];
  /** Private caches of the workspace (`privateCaches`): writable wherever something is. null or absent: none. */
  cache_dir?: string | null;
  /** Where what commands write into the home directory is kept (`makeLayerStore`). null or absent: they do not. */
  layer_dir?: string | null;
  /** Files of settings that are known to hold a key; absolute. Those of the user are found without being named. */
  key_files?: readonly string[];
  /** Protections without which no command starts. */
  require?: string[];
}

/** A policy, or why there is none. `notes` are sentences for the user about what was narrowed. */
export type PolicyResult = { ok: true; policy: SandboxPolicy; notes: string[] } | { ok: false; message: string };

/** What `require` may name: the boolean fields of the report, and the three that have a value. */
export const SANDBOX_REQUIREMENTS = [
  ...["fs", "net", "unix"],
  ...["carve", "carve_absent", "hidden", "hidden_absent", "metadata", "loopback", "ipc", "tree_kill", "home"],
];

/**
 * Resolves a policy against the disk: symlinks followed, protected places and credential stores found. Starts no process.
 * A directory that was named and is not there is an error; `/tmp` and TMPDIR are left out when they are absent.
 */
export async function resolvePolicy(input: PolicyInput): Promise<PolicyResult> {
  return resolved(input);
}

/**
 * The policies of a thread. One that was resolved before is given again as long as the disk says the same about everything that it was
 * made from.
 */
export class ResolvedPolicies {
  readonly #known = new Map<string, { witness: Witness; resolved: ResolvedPolicy }>();

  /**
   * @param now_ms the time, in ms since 1970
   * @param own what is made for the workspace, and made again where it has gone; null: nothing is
   */
  resolve(input: PolicyInput, now_ms: number, own: OwnPlaces | null = null): ResolvedPolicy {
    const key = JSON.stringify([input, own]);
    const known = this.#known.get(key);
    if (known?.witness.holds(now_ms)) return known.resolved;
    const witness = new Witness(now_ms);
    const resolved = witnessed(witness, () => withOwnPlaces(input, own));
    this.#known.set(key, { witness, resolved });
    return resolved;
  }
}

/** Where the tools of a workspace keep their caches, and its commands what they write into the home directory. */
export interface OwnPlaces {
  /** Where moat keeps caches: `~/.cache/moat`. */
  base: string;
  /** What commands reach: some caches are moved only where something can be downloaded. */
  network: Network;
  /** Directories that a person made writable by name, as they were named. */
  named: readonly string[];
}

function withOwnPlaces(input: PolicyInput, own: OwnPlaces | null): ResolvedPolicy {
  const { cwd, home } = input;
  const caches = own && privateCaches(own.base, cwd, home, own.network, own.named);
  if (own === null || caches === null) return withReach(input, null);
  return withReach({ ...input, cache_dir: caches.directory, layer_dir: makeLayerStore(own.base, cwd) }, caches);
}

/** A policy, and where programs could have been put by whoever it lets write. */
export type ResolvedPolicy =
  | { ok: true; policy: SandboxPolicy; reach: Reach; caches: PrivateCaches | null }
  | { ok: false; message: string };

function withReach(input: PolicyInput, caches: PrivateCaches | null): ResolvedPolicy {
  const result = resolved(input);
  if (!result.ok) return result;
  const { policy } = result;
  const reach = reachOf(input.cwd, input.home, { writable: policy.writable, closed: policy.protected });
  return { ok: true, policy, reach, caches };
}

function resolved(input: PolicyInput): PolicyResult {
  const unknown = (input.require ?? []).find((name) => !SANDBOX_REQUIREMENTS.some((known) => known === name));
  if (unknown !== undefined) {
    return {
      ok: false,
      message: `unknown protection "${unknown}" is required: known are ${SANDBOX_REQUIREMENTS.join(", ")}`,
    };
  }
  if (input.mode === "danger-full-access" || input.mode === "external") {
    return { ok: true, policy: unconfined(input), notes: [] };
  }
  const badHost = (input.network_hosts ?? []).map(hostProblem).find((problem) => problem !== null);
  if (badHost) return { ok: false, message: badHost };
  const found = workspaceOf(input);
  return found.ok ? confined(input, found.workspace) : found;
}

function workspaceOf({ cwd }: PolicyInput): { ok: true; workspace: string } | { ok: false; message: string } {
  const workspace = realPath(cwd);
  return workspace !== null && kindOf(workspace) === "directory"
    ? { ok: true, workspace }
    : { ok: false, message: `the working directory ${cwd} is not a directory that can be opened` };
}

/** Where pre-images of files lie: what a command cannot read now it shall not read there, and what was removed is gone for it. */
function undoStores(moat_home: string, workspace: string): string[] {
  const uid = process.getuid?.();
  const above: string[] = [];
  for (let at = dirname(workspace); at !== dirname(at); at = dirname(at)) above.push(at);
  const beside = uid === undefined ? [] : [...above, "/"].map((directory) => join(directory, undoStoreName(uid)));
  return [join(moat_home, "undo"), ...beside.filter((path) => kindOf(path) === "directory")];
}

/**
 * What a confined command may write, and what not of it, as its policy says: `resolvePolicy` without looking for the fifty places
 * that would be hidden, for who asks only where a program could have been put.
 */
export function writablePlaces(input: PolicyInput): (Opened & { ok: true }) | { ok: false; message: string } {
  const found = workspaceOf(input);
  return found.ok ? openedPlaces(input, found.workspace, realPathOfNew(input.home)) : found;
}

/** What is opened, with symlinks resolved. */
interface Opened {
  writable: string[];
  protected: string[];
}

function openedPlaces(input: PolicyInput, workspace: string, home: string) {
  const found = writableRoots(input, workspace, home);
  if (!found.ok) return found;
  const { roots } = found;
  const extra = absolutePaths(input.extra_protect ?? [], workspace, input.home);
  const places = protectedPlaces(roots, gitUser(home, input.env ?? {}), realPathOfNew(input.moat_home), extra);
  return { ...found, writable: effectiveRoots(roots, places), protected: places };
}

const absolutePaths = (names: readonly string[], workspace: string, home: string) =>
  names.map((name) => absolutePath(name, workspace, home));

function confined(input: PolicyInput, workspace: string): PolicyResult {
  const [home, moat_home] = [realPathOfNew(input.home), realPathOfNew(input.moat_home)];
  const places = openedPlaces(input, workspace, home);
  if (!places.ok) return places;
  const { roots, granted, notes } = places;
  const hidden = absolutePaths(input.hidden_paths, workspace, input.home).map(realPathOfNew);
  const used = [workspace, ...roots.map(({ path }) => path)].find((path) => hidden.some((one) => isWithin(path, one)));
  if (used !== undefined) {
    return { ok: false, message: `commands work in ${used}, which cannot be hidden: name what lies in it instead` };
  }
  const stores = credentialStores(home, moat_home, input.key_files);
  const opened = [workspace, ...granted];
  const allowed = absolutePaths([...(input.allow_reading ?? []), ...(input.allow_sockets ?? [])], workspace, input.home)
    .map(realPathOfNew)
    .filter((path) => !isWithin(path, moat_home));
  const policy: SandboxPolicy = {
    mode: roots.length > 0 ? "workspace-write" : input.mode,
    writable: places.writable,
    protected: places.protected,
    stand_ins: standIns(home),
    own: [moat_home, join(home, OWN_CACHE)],
    // A store that the user works in was chosen by name.
    hidden: outermost([
      ...withoutOpened(
        stores.filter((store) => !opened.some((directory) => isWithin(directory, store))),
        allowed,
      ),
      realPathOfNew(join(home, OWN_CACHE, LAYERS)),
      ...undoStores(moat_home, workspace),
      ...hidden,
    ]),
    net: input.mode === "workspace-write" ? configuredNetwork(input) : "none",
    unix: "masked",
    ...(input.allow_sockets?.length
      ? { sockets: absolutePaths(input.allow_sockets, workspace, input.home).flatMap((path) => realPath(path) ?? []) }
      : {}),
    require: input.require ?? [],
  };
  // A socket is another one through a layer, and a store is masked there as a whole.
  const layer = allowed.some((path) => isWithin(path, home)) ? null : layerOver(home, input, policy, stores);
  return { ok: true, policy: layer === null ? policy : { ...policy, layer }, notes };
}

/**
 * The layer over the home directory. None where the home is itself writable, and none where a directory inside a credential store is: the
 * store as a whole is masked there.
 */
function layerOver(home: string, input: PolicyInput, { writable }: SandboxPolicy, stores: string[]): HomeLayer | null {
  if (input.mode !== "workspace-write" || !input.layer_dir || home === "/" || kindOf(home) !== "directory") return null;
  const store = realPathOfNew(input.layer_dir);
  const isApart = !writable.some((root) => isWithin(home, root) || stores.some((one) => isBeneath(root, one)));
  return isApart ? { home, store } : null;
}

type Writable = { ok: true; roots: Root[]; granted: string[]; notes: string[] } | { ok: false; message: string };

/** Everything that may be written, what of it was granted by name, and sentences about what was narrowed. */
function writableRoots(input: PolicyInput, workspace: string, home: string): Writable {
  const granted = grantedRoots(input, workspace);
  if (!granted.ok) return granted;
  const roots: Root[] = [...granted.roots];
  const notes: string[] = [];
  if (input.mode === "workspace-write") {
    if (workspace === "/") notes.push(ROOT_NOTE);
    else roots.push({ path: workspace, kind: "workspace" });
    if (workspace !== "/" && isWithin(home, workspace)) notes.push(homeNote(workspace));
    const temporary = temporaryRoots(input, workspace, home);
    roots.push(...temporary.roots);
    notes.push(...temporary.notes);
  }
  // A link in its place is not ours.
  if (roots.length > 0 && input.cache_dir && kindOf(input.cache_dir) === "directory" && !isSymlink(input.cache_dir)) {
    roots.push({ path: realPathOfNew(input.cache_dir), kind: "temporary" });
  }
  return { ok: true, roots, granted: granted.roots.map(({ path }) => path), notes };
}

const ROOT_NOTE =
  "The working directory is /, so it is not writable: a sandbox around everything protects nothing. " +
  "Start in a project's directory, or name directories with --add-dir.";

function homeNote(workspace: string): string {
  return (
    `The working directory ${workspace} holds your home directory: start-up files, ~/.config and installed tools stay ` +
    "read-only in it. A project's own directory is the better place to start in."
  );
}

/** The policy of a mode without confinement. Nothing is protected, and nothing pretends to be. */
function unconfined(input: PolicyInput): SandboxPolicy {
  return {
    mode: input.mode,
    writable: [],
    protected: [],
    stand_ins: [],
    own: [],
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
    const problem = rootFault(path);
    const real = realPath(path);
    if (real === null || problem !== null) return { ok: false, message: problem ?? rootText(path, "does not exist") };
    const isCache = cacheOf(real, realPathOfNew(input.home)) === real;
    roots.push({ path: real, kind: isCache ? "temporary" : "granted" });
  }
  return { ok: true, roots };
}

/** Why a directory that was named cannot be made writable, as a clause; null: it can. `path` is absolute. */
export function rootFault(path: string): string | null {
  const real = realPath(path);
  if (real === null) return rootText(path, "does not exist");
  if (real === "/")
    return rootText(
      path,
      "would make everything writable: name the directories that are meant, or use -s danger-full-access",
    );
  if (kindOf(real) === "directory") return null;
  return rootText(path, "is not a directory: name the directory that holds it");
}

const rootText = (path: string, what: string) => `the writable directory ${JSON.stringify(path)} ${what}`;

/** The system's own, which anybody's work may lie in. */
const SYSTEM_TEMPORARY = ["/tmp", "/var/tmp"];

/** `/tmp` and TMPDIR, and a sentence where TMPDIR is not taken at its word. */
function temporaryRoots(input: PolicyInput, workspace: string, home: string): { roots: Root[]; notes: string[] } {
  const tmpdir = input.exclude_tmpdir_env_var || !input.tmpdir?.startsWith("/") ? null : realPath(input.tmpdir);
  const held = tmpdir === null ? null : heldByTmpdir(tmpdir, workspace, home);
  const paths = [input.exclude_slash_tmp ? null : realPath("/tmp"), held === null ? tmpdir : null];
  const roots = paths.flatMap((path): Root[] =>
    path !== null && path !== "/" && kindOf(path) === "directory" ? [{ path, kind: "temporary" }] : [],
  );
  if (held === null) return { roots, notes: [] };
  const note = `TMPDIR is ${tmpdir}, which holds ${held}, so it does not become writable. Let it name a directory for temporary files alone.`;
  return { roots, notes: [note] };
}

/** What lies in TMPDIR that is more than temporary files; null: nothing. Nothing in it would be protected. */
function heldByTmpdir(tmpdir: string, workspace: string, home: string): string | null {
  if (SYSTEM_TEMPORARY.some((path) => realPath(path) === tmpdir)) return null;
  if (isWithin(home, tmpdir)) return home;
  return isBeneath(workspace, tmpdir) ? workspace : null;
}

/** Roots without those that another root already makes writable. What is granted inside a protected place stays named. */
function effectiveRoots(roots: Root[], places: string[]): string[] {
  const paths = [...new Set(roots.map((root) => root.path))];
  const covers = (outer: string, path: string) =>
    isBeneath(path, outer) && !places.some((place) => isBeneath(place, outer) && isWithin(path, place));
  return paths.filter((path) => !paths.some((outer) => covers(outer, path)));
}
