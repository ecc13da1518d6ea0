import { isWithin } from "../base/index.ts";
import type { ThreadSettings } from "../core/index.ts";
import type { OpenHost } from "./contract.ts";

/**
 * What the sandbox narrows in a workspace that holds the home directory, or that lies in TMPDIR: sentences for the user. Any other
 * workspace is what it seems, and is not looked at.
 */
export async function wideWorkspaceNotes(settings: ThreadSettings, host: OpenHost): Promise<string[]> {
  const { cwd, sandbox_mode, sandbox_workspace_write } = settings;
  if (sandbox_mode !== "workspace-write") return [];
  const tmpdir = host.env.TMPDIR ?? null;
  const odd = tmpdir !== null && (isWithin(host.home, tmpdir) || isWithin(cwd, tmpdir));
  if (!odd && !isWithin(host.home, cwd)) return [];
  const { resolvePolicy } = await import("../sandbox/index.ts");
  const { home, moat_home } = host;
  const input = { mode: sandbox_mode, cwd, home, moat_home, tmpdir };
  const resolved = await resolvePolicy({ ...sandbox_workspace_write, ...input });
  return resolved.ok ? resolved.notes : [];
}
