import type { Host } from "./contract.ts";

/** Something did not work (docs/exec.md has every exit code). */
export const FAILED = 1;
/** The command line cannot be understood. */
export const USAGE = 2;

/** Says why nothing more is done, and gives the exit code. */
export function fail(host: Host, message: string, exit = FAILED): number {
  host.stderr(`moat: ${message}\n`);
  return exit;
}
