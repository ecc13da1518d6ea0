import { join, resolve } from "node:path";
import type { Permit } from "../policy/index.ts";
import { type PrivateCaches, privateCaches, realPath, resolvePolicy, type SandboxPolicy } from "../sandbox/index.ts";
import { TurnFailed } from "./failed.ts";
import type { ThreadState } from "./state.ts";

/** What a thread's settings and a permit come to on this disk. Ends the turn when they come to nothing sound. */
export async function threadPolicy(state: ThreadState, permit: Permit): Promise<SandboxPolicy> {
  const { settings, services } = state;
  const { writable_roots, network_access, exclude_slash_tmp, exclude_tmpdir_env_var } =
    settings.sandbox_workspace_write;
  const named = [settings.cwd, ...writable_roots, ...permit.extra_write, services.env.TMPDIR ?? "/"];
  for (const path of named) keepPlace(state, path);
  const resolved = await resolvePolicy({
    mode: permit.sandboxed ? settings.sandbox_mode : "danger-full-access",
    cwd: settings.cwd,
    home: services.home,
    moat_home: services.moat_home,
    tmpdir: services.env.TMPDIR ?? null,
    writable_roots,
    network_access,
    exclude_slash_tmp,
    exclude_tmpdir_env_var,
    extra_write: permit.extra_write,
    cache_dir: threadCaches(state, permit)?.directory ?? null,
    key_files: services.key_files,
  });
  if (!resolved.ok) throw new TurnFailed({ kind: "sandbox_unavailable", message: resolved.message, retryable: false });
  return permit.network ? { ...resolved.policy, net: "full" } : resolved.policy;
}

/**
 * Holds a directory to the place where it was when it was first looked at. A command that may write beside it (the workspace
 * lies in /tmp) and that the kernel does not keep from moving it could put a link there, and so make anything writable for the
 * next one. Ends the turn then.
 */
export function keepPlace({ places, settings, services }: ThreadState, path: string): void {
  const absolute = path.startsWith("~/") ? join(services.home, path.slice(2)) : resolve(settings.cwd, path);
  const real = realPath(absolute);
  if (real === null) return;
  const known = places.get(absolute) ?? real;
  places.set(absolute, known);
  if (known === real) return;
  const message = `${absolute} led to ${known} when the thread began and leads to ${real} now; nothing is run until it is put back`;
  throw new TurnFailed({ kind: "sandbox_unavailable", message, retryable: false });
}

/** Where the tools of a thread's workspace keep their caches; null where nothing is written, or nothing is confined. */
export function threadCaches({ settings, services }: ThreadState, permit: Permit): PrivateCaches | null {
  if (!permit.sandboxed || settings.sandbox_mode !== "workspace-write") return null;
  const network = permit.network || settings.sandbox_workspace_write.network_access ? "full" : "none";
  return privateCaches(join(services.home, ".cache", "moat"), settings.cwd, services.home, network);
}
