import { join } from "node:path";
import { type Config, keyNames, loadConfig, type Requirements, restrict, showError } from "../../config/index.ts";
import { checkPlaces } from "../../open/index.ts";
import { configuredNetwork } from "../../protocol/index.ts";
import type { SandboxPolicy, ShellEnvironmentPolicy } from "../../sandbox/index.ts";
import type { Host } from "../contract.ts";
import type { SandboxOptions } from "./options.ts";

/** What a command of `moat sandbox` runs under. */
export interface SandboxSettings {
  policy: SandboxPolicy;
  /** Sentences for the user. */
  notes: string[];
  shell_environment_policy: ShellEnvironmentPolicy;
  provider_key_names: string[];
  /** Whether a variable's value holds a key of moat's own. */
  holdsKey(value: string): boolean;
  /** Variables that lead tools to their private caches. */
  caches: Record<string, string>;
}

export type SettingsResult = ({ ok: true } & SandboxSettings) | { ok: false; message: string };

/** Configuration and flags put together; flags win, and the administrator's rules win over both. */
export async function sandboxSettings(host: Host, wanted: SandboxOptions, cwd: string): Promise<SettingsResult> {
  const loaded = await loadConfig({
    moat_home: host.moat_home,
    home: host.home,
    cwd,
    env: host.env,
    overrides: wanted.overrides,
    profile: null,
    strict: false,
    ignore_user: false,
    trust: false,
    secrets: host.secrets,
  });
  if (!loaded.ok) return { ok: false, message: loaded.errors.map(showError).join("\nmoat: ") };
  const placed = await checkPlaces(loaded, host, { cwd }, wanted.mode ?? "workspace-write");
  if (!placed.ok) return placed;
  const { config } = placed.loaded;
  const { makeLayerStore, privateCaches, resolvePolicy } = await import("../../sandbox/index.ts");
  const { options, notes } = withinRules(loaded.requirements, wanted, config);
  const { mode } = options;
  const network = options.net ?? configuredNetwork(config.sandbox_workspace_write);
  const named = [...config.sandbox_workspace_write.writable_roots, ...options.write];
  const caches =
    mode === "workspace-write"
      ? privateCaches(join(host.home, ".cache", "moat"), cwd, host.home, network, named)
      : null;
  const resolved = await resolvePolicy({
    ...inputFrom(config, host, cwd),
    mode,
    hidden_paths: [...config.sandbox_workspace_write.hidden_paths, ...options.hide],
    extra_write: options.write,
    extra_protect: options.protect,
    cache_dir: caches?.directory ?? null,
    layer_dir: mode === "workspace-write" ? makeLayerStore(join(host.home, ".cache", "moat"), cwd) : null,
    key_files: loaded.key_files,
    require: options.require,
  });
  if (!resolved.ok) return resolved;
  return {
    ok: true,
    policy: withMemory(withFlags(resolved.policy, options), options.memory ?? config.memory_limit),
    notes: [...placed.notes, ...notes, ...resolved.notes],
    shell_environment_policy: config.shell_environment_policy,
    provider_key_names: keyNames(config, host.env),
    holdsKey: (value) => loaded.keys.holds(value),
    caches: caches?.env ?? {},
  };
}

/** The flags as far as the administrator allows them, with the mode that is wanted; a sentence for each that is another one. */
function withinRules(requirements: Requirements, options: SandboxOptions, config: Config) {
  const mode = options.mode ?? config.sandbox_mode ?? "workspace-write";
  const { value, note } = restrict(requirements, "sandbox_mode", mode);
  const limited = { ...options, mode: value as typeof mode };
  const notes = note === null ? [] : [note];
  if (requirements.allow_network_access || options.net === null || options.net === "none")
    return { options: limited, notes };
  notes.push(
    `--net ${options.net === "full" ? "full" : "proxy"} is not allowed here: ${requirements.file} says allow_network_access = false.`,
  );
  return { options: { ...limited, net: "none" as const }, notes };
}

function inputFrom(config: Config, host: Host, cwd: string) {
  const { writable_roots, ...write } = config.sandbox_workspace_write;
  return {
    ...write,
    writable_roots: [...writable_roots],
    cwd,
    home: host.home,
    moat_home: host.moat_home,
    env: host.env,
    tmpdir: host.env.TMPDIR ?? null,
  };
}

function withMemory(policy: SandboxPolicy, limit: number | "off"): SandboxPolicy {
  return limit === "off" ? policy : { ...policy, memory_limit: limit };
}

/** What the flags add to a policy of the configuration. A mode without confinement has nothing to add to. */
function withFlags(policy: SandboxPolicy, options: SandboxOptions): SandboxPolicy {
  if (policy.mode === "danger-full-access" || policy.mode === "external") return policy;
  return { ...policy, net: options.net ?? policy.net, unix: options.unix ?? policy.unix };
}
