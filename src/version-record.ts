import { COMMIT, VERSION } from "./version.ts";

/** What `moat --version --json` prints. */
export function versionRecord(): Record<string, string> {
  return {
    version: VERSION,
    commit: COMMIT,
    platform: process.platform,
    arch: process.arch,
    runtime: `bun ${Bun.version}`,
  };
}
