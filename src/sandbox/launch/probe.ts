// What a machine offers a sandbox, apart from what starts commands: `moat doctor` asks this alone.
import { type Sandbox, SandboxError } from "../contract.ts";
import type { Orders } from "../control.ts";
import { embedded, prepare } from "./embedded.ts";

export { SandboxError };

/** A tier that can be asked for, to test it or to do without namespaces. */
export type ConfiningTier = "ns" | "landlock" | "ns-only";

/** What the launcher's probe found on this machine. */
export interface Probe {
  abi: number;
  /** A child could make its namespaces and mount in them. */
  namespaces: boolean;
  /** Why it could not. */
  reason: string | null;
}

/** What this machine offers, asked of the embedded launcher. Throws SandboxError when it cannot be started. */
export async function probeMachine(cache_dir: string): Promise<Probe> {
  return (await prepare(embedded(), cache_dir, probe)).result;
}

/** Asks the launcher at `path` what this machine can do. */
export async function probe(path: string): Promise<Probe> {
  const child = Bun.spawn([path, "--probe"], { stdio: ["ignore", "pipe", "ignore"], env: {} });
  const [text, exit] = await Promise.all([child.stdout.text(), child.exited]);
  const found: Partial<Probe> | null = exit === 0 ? JSON.parse(text) : null;
  if (typeof found?.abi !== "number" || typeof found.namespaces !== "boolean") {
    throw new SandboxError(`the sandbox launcher could not probe this machine (exit ${exit}): ${JSON.stringify(text)}`);
  }
  return { abi: found.abi, namespaces: found.namespaces, reason: found.reason ?? null };
}

/** The best tier that the machine offers, or the one that is asked for. */
export function chooseTier(
  { abi, namespaces }: Pick<Probe, "abi" | "namespaces">,
  forced?: ConfiningTier,
): Sandbox["tier"] & Orders["tier"] {
  const offered = { ns: namespaces && abi > 0, landlock: abi > 0, "ns-only": namespaces };
  if (forced !== undefined) {
    if (offered[forced]) return forced;
    throw new SandboxError(
      `this machine does not offer the sandbox tier ${forced} (Landlock ABI ${abi}, namespaces ${namespaces})`,
    );
  }
  if (offered.ns) return "ns";
  if (offered.landlock) return "landlock";
  return offered["ns-only"] ? "ns-only" : "none";
}
