import { join } from "node:path";
import { FAILED, USAGE } from "../../base/index.ts";
import { loadConfig, showError } from "../../config/index.ts";
import type { Host, Invocation } from "../contract.ts";

/** Every subcommand. */
const SUBCOMMANDS =
  "moat config get KEY | set KEY VALUE | unset KEY | list [--all] [--origin] [--json] | edit | path | schema | import-codex|import-claude|import-opencode|import-gemini [--yes] | trust list|add|remove";

/** Says what is wrong with the command line; exit code 2. */
export function wrongUsage(host: Host, message: string): number {
  host.stderr(`moat config: ${message}.\nUsage: ${SUBCOMMANDS}\n`);
  return USAGE;
}

/** The user's file, or that of the profile given with -p. */
export function configFile({ flags, host }: Invocation): string {
  return join(host.moat_home, typeof flags.profile === "string" ? `${flags.profile}.config.toml` : "config.toml");
}

/** Reads the configuration as a front end would; null after the errors were printed. */
export async function load({ flags, host }: Invocation, cwd = host.cwd) {
  const overrides = Array.isArray(flags.config) ? flags.config : typeof flags.config === "string" ? [flags.config] : [];
  const result = await loadConfig({
    moat_home: host.moat_home,
    home: host.home,
    cwd,
    env: host.env,
    overrides,
    profile: typeof flags.profile === "string" ? flags.profile : null,
    strict: flags["strict-config"] === true,
    ignore_user: flags["ignore-user-config"] === true,
    trust: flags.trust === true,
    secrets: host.secrets,
  });
  if (result.ok) return result;
  for (const error of result.errors) host.stderr(`moat: ${showError(error)}\n`);
  return null;
}

/** Prints why nothing was done; exit code 1. */
export function failConfig(host: Host, message: string): number {
  host.stderr(`moat config: ${message}\n`);
  return FAILED;
}
