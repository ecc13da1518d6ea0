import { join } from "node:path";
import type { Permit } from "../policy/index.ts";
import { type PrivateCaches, privateCaches, resolvePolicy, type SandboxPolicy } from "../sandbox/index.ts";
import { TurnFailed } from "./failed.ts";
import type { ThreadState } from "./state.ts";

/** What a thread's settings and a permit come to on this disk. Ends the turn when they come to nothing sound. */
export async function threadPolicy(state: ThreadState, permit: Permit): Promise<SandboxPolicy> {
  const { settings, services } = state;
  const { writable_roots, network_access, exclude_slash_tmp, exclude_tmpdir_env_var } =
    settings.sandbox_workspace_write;
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
  });
  if (!resolved.ok) throw new TurnFailed({ kind: "sandbox_unavailable", message: resolved.message, retryable: false });
  return permit.network ? { ...resolved.policy, net: "full" } : resolved.policy;
}

/** Where the tools of a thread's workspace keep their caches; null where nothing is written, or nothing is confined. */
export function threadCaches({ settings, services }: ThreadState, permit: Permit): PrivateCaches | null {
  if (!permit.sandboxed || settings.sandbox_mode !== "workspace-write") return null;
  const network = permit.network || settings.sandbox_workspace_write.network_access ? "full" : "none";
  return privateCaches(join(services.home, ".cache", "moat"), settings.cwd, services.home, network);
}
