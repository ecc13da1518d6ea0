import { FAILED, USAGE } from "../base/index.ts";
import { settingPlace } from "../config/index.ts";
import type { SandboxMode } from "../protocol/index.ts";
import type { Loaded, OpenHost, Refusal } from "./contract.ts";
import type { PlaceOptions } from "./outside.ts";

const KEY = "sandbox_workspace_write";

/** No sandbox as it was meant is to be had. */
const NO_SANDBOX = 6;

/**
 * Holds the places that the configuration opens and hides against the disk, before anything is asked of a model. Under
 * workspace-write a directory that is not there is refused with its place, and so is a hidden path under which no command could
 * run; in another mode, and for `/`, which nothing opens, the directory is left out, which only narrows, and that is said.
 */
export async function checkPlaces(
  loaded: Loaded,
  host: Pick<OpenHost, "home" | "moat_home" | "env">,
  { cwd, add_dirs = [] }: PlaceOptions,
  default_mode: SandboxMode,
): Promise<{ ok: true; loaded: Loaded; notes: string[] } | Refusal> {
  const { config } = loaded;
  const { writable_roots, hidden_paths, ...write } = config.sandbox_workspace_write;
  if (writable_roots.length + hidden_paths.length + add_dirs.length === 0) return { ok: true, loaded, notes: [] };
  const mode = config.sandbox_mode ?? default_mode;
  const { resolvePolicy, rootFault } = await import("../sandbox/index.ts");
  const typed = add_dirs.map(rootFault).find((fault) => fault !== null);
  if (typed) return { ok: false, message: `--add-dir: ${typed}`, exit: FAILED };
  const faults = await rootFaults(loaded, rootFault);
  const fatal = mode === "workspace-write" ? faults.find(({ root }) => root !== "/") : undefined;
  if (fatal) return { ok: false, message: `${fatal.message}; make it, or take it out`, exit: NO_SANDBOX };
  const roots = writable_roots.filter((root) => !faults.some((fault) => fault.root === root));
  const place = { cwd, home: host.home, moat_home: host.moat_home, env: host.env, tmpdir: host.env.TMPDIR ?? null };
  const lists = { writable_roots: [...roots, ...add_dirs], hidden_paths: [...hidden_paths] };
  const resolved = await resolvePolicy({ ...write, ...place, ...lists, mode });
  if (!resolved.ok && hidden_paths.length > 0) return hiddenRefusal(loaded, resolved.message);
  if (faults.length === 0) return { ok: true, loaded, notes: [] };
  const narrowed = { ...config.sandbox_workspace_write, writable_roots: roots };
  return {
    ok: true,
    loaded: { ...loaded, config: { ...config, sandbox_workspace_write: narrowed } },
    notes: faults.map(({ message }) => `${message}; it is left out`),
  };
}

async function hiddenRefusal({ origins }: Loaded, why: string): Promise<Refusal> {
  const keys = [KEY, "hidden_paths"];
  const typed = origins.get(keys.join("."))?.layer === "flag";
  const message = `${await settingPlace(origins, keys, null)}: ${why}`;
  return { ok: false, message, exit: typed ? USAGE : FAILED };
}

/** The directories that cannot be made writable, and why, with their places. */
async function rootFaults(
  { config, origins }: Loaded,
  rootFault: (path: string) => string | null,
): Promise<{ root: string; message: string }[]> {
  const faults: { root: string; message: string }[] = [];
  for (const [index, root] of config.sandbox_workspace_write.writable_roots.entries()) {
    const fault = rootFault(root);
    if (fault === null) continue;
    const place = await settingPlace(origins, [KEY, "writable_roots"], index);
    faults.push({ root, message: `${place}: ${fault}` });
  }
  return faults;
}
