import type { ThreadSettings } from "../core/index.ts";
import type { Host } from "./contract.ts";

/**
 * What the sandbox narrows in a workspace that holds the home directory: sentences for the user. Any other workspace is what
 * it seems, and is not looked at.
 */
export async function wideWorkspaceNotes(settings: ThreadSettings, host: Host): Promise<string[]> {
  const { cwd, sandbox_mode, sandbox_workspace_write } = settings;
  if (sandbox_mode !== "workspace-write") return [];
  if (host.home !== cwd && !host.home.startsWith(cwd === "/" ? cwd : `${cwd}/`)) return [];
  const { resolvePolicy } = await import("../sandbox/index.ts");
  const { home, moat_home, env } = host;
  const input = { mode: sandbox_mode, cwd, home, moat_home, tmpdir: env.TMPDIR ?? null };
  const resolved = await resolvePolicy({ ...sandbox_workspace_write, ...input });
  return resolved.ok ? resolved.notes : [];
}
