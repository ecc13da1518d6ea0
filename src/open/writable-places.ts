import { FAILED, USAGE } from "../base/index.ts";
import { settingPlace } from "../config/index.ts";
import type { Loaded, OpenHost, Refusal } from "./contract.ts";
import type { PlaceOptions } from "./outside.ts";

const KEY = "sandbox_workspace_write";

/**
 * Holds the places that the configuration opens and hides against the disk, before anything is asked of a model. A directory that
 * cannot be made writable is left out, which only narrows, and told of with its place; one that a flag names, and a hidden path
 * under which no command could run, are refused.
 */
export async function checkPlaces(
  loaded: Loaded,
  host: Pick<OpenHost, "home" | "moat_home" | "env">,
  { cwd, add_dirs = [] }: PlaceOptions,
): Promise<{ ok: true; loaded: Loaded; notes: string[] } | Refusal> {
  const { config } = loaded;
  const { writable_roots, hidden_paths, ...write } = config.sandbox_workspace_write;
  if (writable_roots.length + hidden_paths.length + add_dirs.length === 0) return { ok: true, loaded, notes: [] };
  const { resolvePolicy, rootFault } = await import("../sandbox/index.ts");
  const typed = add_dirs.map(rootFault).find((fault) => fault !== null);
  if (typed) return { ok: false, message: `--add-dir: ${typed}`, exit: USAGE };
  const faults = writable_roots.map(rootFault);
  const roots = writable_roots.filter((_, index) => faults[index] === null);
  const resolved = await resolvePolicy({
    ...write,
    ...{ cwd, home: host.home, moat_home: host.moat_home, env: host.env, tmpdir: host.env.TMPDIR ?? null },
    mode: config.sandbox_mode ?? "workspace-write",
    writable_roots: [...roots, ...add_dirs],
    hidden_paths: [...hidden_paths],
  });
  if (!resolved.ok && hidden_paths.length > 0) return hiddenRefusal(loaded, resolved.message);
  const notes = await faultNotes(loaded, faults);
  if (notes.length === 0) return { ok: true, loaded, notes };
  const narrowed = { ...config.sandbox_workspace_write, writable_roots: roots };
  return { ok: true, loaded: { ...loaded, config: { ...config, sandbox_workspace_write: narrowed } }, notes };
}

async function hiddenRefusal({ origins }: Loaded, why: string): Promise<Refusal> {
  const keys = [KEY, "hidden_paths"];
  const typed = origins.get(keys.join("."))?.layer === "flag";
  const message = `${await settingPlace(origins, keys, null)}: ${why}`;
  return { ok: false, message, exit: typed ? USAGE : FAILED };
}

/** A sentence for each directory that is left out, with its place. */
async function faultNotes({ origins }: Loaded, faults: readonly (string | null)[]): Promise<string[]> {
  const notes: string[] = [];
  for (const [index, fault] of faults.entries()) {
    if (fault === null) continue;
    const place = await settingPlace(origins, [KEY, "writable_roots"], index);
    notes.push(`${place}: ${fault}; it is left out`);
  }
  return notes;
}
