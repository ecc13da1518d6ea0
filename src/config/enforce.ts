import { showKey } from "./key.ts";
import type { PlacedEntry } from "./merge.ts";
import { type ConfigError, fileError } from "./problem.ts";
import { hostAllowed, type Requirements } from "./requirements.ts";

/** Settings that hold one word which the administrator may restrict. */
export type RestrictedKey = "sandbox_mode" | "approval_policy" | "web_search";

/** Strictest first: the value that stands in for a forbidden one is the strictest that is allowed. */
const STRICTNESS: Record<RestrictedKey, readonly string[]> = {
  sandbox_mode: ["read-only", "workspace-write", "external", "danger-full-access"],
  approval_policy: ["untrusted", "on-request", "granular", "on-failure", "never"],
  web_search: ["disabled", "cached", "indexed", "live"],
};
const RULE: Record<RestrictedKey, "allowed_sandbox_modes" | "allowed_approval_policies" | "allowed_web_search_modes"> =
  {
    sandbox_mode: "allowed_sandbox_modes",
    approval_policy: "allowed_approval_policies",
    web_search: "allowed_web_search_modes",
  };

/**
 * The value that may be used in place of `wanted`, and why it is another one. For values that do not come through the
 * configuration too: a front end's default, a turn's override.
 */
export function restrict(
  requirements: Requirements,
  key: RestrictedKey,
  wanted: string,
): { value: string; note: string | null } {
  const { allowed, says } = allowedValues(requirements, key);
  if (allowed === null || allowed.includes(wanted)) return { value: wanted, note: null };
  const value = STRICTNESS[key].find((choice) => allowed.includes(choice)) ?? STRICTNESS[key][0] ?? wanted;
  const note = `${key} = "${wanted}" is not allowed here: ${requirements.file} says ${says}, so "${value}" is used.`;
  return { value, note };
}

/** Modes in which commands reach whatever the machine reaches. */
const WITH_NETWORK: readonly string[] = ["external", "danger-full-access"];

function allowedValues(
  requirements: Requirements,
  key: RestrictedKey,
): { allowed: readonly string[] | null; says: string } {
  const rule = requirements[RULE[key]];
  const says = `${RULE[key]} = ${JSON.stringify(rule)}`;
  if (key === "web_search") return { allowed: rule && ["disabled", ...rule], says };
  if (key !== "sandbox_mode" || requirements.allow_network_access) return { allowed: rule, says };
  const allowed = (rule ?? STRICTNESS[key]).filter((mode) => !WITH_NETWORK.includes(mode));
  return { allowed, says: `${rule === null ? "" : `${says} and `}allow_network_access = false` };
}

/** What the rules changed (in `merged`, in place), said as warnings, and what they leave no way around. */
export function enforce(
  requirements: Requirements,
  merged: Map<string, PlacedEntry>,
): { warnings: ConfigError[]; errors: ConfigError[] } {
  const warnings: ConfigError[] = [];
  if (requirements.file === null) return { warnings, errors: [] };
  const force = (keys: string[], value: unknown, message: string): void => {
    const from = merged.get(showKey(keys))?.origin ?? null;
    warnings.push(
      fileError(from?.file ?? null, from?.layer === "flag" ? `-c: ${message}` : message, { key: showKey(keys) }),
    );
    merged.set(showKey(keys), { keys, value, origin: { layer: "requirements", file: requirements.file } });
  };
  for (const key of ["sandbox_mode", "approval_policy", "web_search"] as const) {
    const set = merged.get(key)?.value;
    if (set === undefined) continue;
    const { value, note } = restrict(requirements, key, typeof set === "string" ? set : "granular");
    if (note !== null && value !== "granular") force([key], value, note);
  }
  for (const [key, none] of [
    ["network_access", false],
    ["network_hosts", []],
    // What a socket leads to has the network.
    ["allow_sockets", []],
  ] as const) {
    const network = ["sandbox_workspace_write", key];
    const set = merged.get(showKey(network))?.value;
    if (requirements.allow_network_access || set === undefined || String(set) === String(none)) continue;
    const message = `network access for commands is not allowed here: ${requirements.file} says allow_network_access = false.`;
    force(network, none, message);
  }
  enforceServers(requirements, merged, force);
  return { warnings, errors: endpointErrors(requirements, merged) };
}

/** Switches off every MCP server that is not on the list, or whose address is not. */
function enforceServers(
  requirements: Requirements,
  merged: Map<string, PlacedEntry>,
  force: (keys: string[], value: unknown, message: string) => void,
): void {
  const setting = (name: string, key: string): unknown => merged.get(showKey(["mcp_servers", name, key]))?.value;
  const names = new Set([...merged.values()].flatMap(({ keys }) => (keys[0] === "mcp_servers" ? [keys[1] ?? ""] : [])));
  for (const name of names) {
    const url = setting(name, "url");
    const rule = requirements.mcp_servers[name]?.identity;
    const known =
      rule !== undefined &&
      (rule.command ?? null) === (setting(name, "command") ?? null) &&
      (rule.url ?? null) === (url ?? null);
    const why =
      requirements.restricts_mcp && !known
        ? "it is not in mcp_servers there, by name and identity"
        : typeof url === "string" && !hostAllowed(requirements, url)
          ? "its host is not in allowed_hosts there"
          : null;
    if (why === null || setting(name, "enabled") === false) continue;
    const message = `the MCP server "${name}" is switched off by ${requirements.file}: ${why}.`;
    force(["mcp_servers", name, "enabled"], false, message);
  }
}

/** A provider that is not allowed cannot be replaced by another one in silence: nothing is sent anywhere. */
function endpointErrors(requirements: Requirements, merged: Map<string, PlacedEntry>): ConfigError[] {
  const errors: ConfigError[] = [];
  const chosen = merged.get("model_provider");
  const { allowed_model_providers: providers, file } = requirements;
  if (chosen !== undefined && providers !== null && !providers.includes(String(chosen.value))) {
    const message = `model_provider = "${chosen.value}" is not allowed here: ${file} says allowed_model_providers = ${JSON.stringify(providers)}. Choose one of them.`;
    errors.push(fileError(chosen.origin.file, message, { key: "model_provider" }));
  }
  for (const [key, { keys, value, origin }] of merged) {
    const used =
      key === "openai_base_url" ||
      (keys[0] === "model_providers" && keys[1] === chosen?.value && keys[2] === "base_url");
    if (!used || hostAllowed(requirements, String(value))) continue;
    const message = `${key} = "${value}" is not allowed here: ${file} says allowed_hosts = ${JSON.stringify(requirements.allowed_hosts)}. Use one of those hosts.`;
    errors.push(fileError(origin.file, message, { key }));
  }
  return errors;
}
