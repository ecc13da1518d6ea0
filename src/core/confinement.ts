import type { Permit } from "../policy/index.ts";
import { resolvePolicy, SandboxError, type SandboxPolicy } from "../sandbox/index.ts";
import type { ThreadState } from "./state.ts";

/** What a thread's settings and a permit come to on this disk. Throws SandboxError when they come to nothing sound. */
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
  });
  if (!resolved.ok) throw new SandboxError(resolved.message);
  return permit.network ? { ...resolved.policy, net: "full" } : resolved.policy;
}
