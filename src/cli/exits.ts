import { FAILED } from "../base/index.ts";
import type { Host } from "./contract.ts";

/** Says why nothing more is done, and gives the exit code. */
export function fail(host: Host, message: string, exit = FAILED): number {
  host.stderr(`moat: ${message}\n`);
  return exit;
}
