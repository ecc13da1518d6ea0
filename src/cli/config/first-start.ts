import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "../contract.ts";

/** The user's settings. */
export const settingsFile = ({ moat_home }: Pick<Host, "moat_home">) => join(moat_home, "config.toml");

/**
 * A person has not been asked the questions of the first start (`first-run.ts`). Nothing is asked where there are settings, and in CI.
 * Apart from the questions: they are loaded for their one time only.
 */
export function isFirstStart(host: Host): boolean {
  return !existsSync(settingsFile(host)) && !host.env.CI;
}
