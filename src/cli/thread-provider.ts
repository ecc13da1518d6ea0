import { hostAllowed } from "../config/index.ts";
import type { Resolution } from "../model/index.ts";
import type { Host } from "./contract.ts";
import type { OpenOptions } from "./open-thread.ts";
import { modelConfig } from "./settings.ts";
import type { Loaded } from "./thread-config.ts";

/**
 * The provider that is configured. When nothing is, and nobody said where to look, a server on one of the usual ports of
 * this machine will do. Whatever led to it (a file, a variable, a search), the administrator's rules come last.
 */
export async function findProvider(loaded: Loaded, host: Host, options: OpenOptions): Promise<Resolution> {
  const { findLocalServer, resolveProvider } = await import("../model/index.ts");
  const identity = { version: host.version, originator: "moat" };
  const { give_up_after_ms } = options;
  const give_up = give_up_after_ms === undefined ? {} : { give_up_after_ms };
  const config = { ...modelConfig(loaded.config), ...give_up };
  const resolved = await resolveProvider(config, host.env, identity);
  if (resolved.ok || resolved.reason !== "nothing_configured") return allowed(resolved, loaded);
  const local = await findLocalServer(host.signal);
  if (local === null) return resolved;
  const found = { model_provider: local.id, model: loaded.config.model ?? local.models[0] ?? null };
  return allowed(await resolveProvider({ ...config, ...found }, host.env, identity), loaded);
}

function allowed(resolved: Resolution, { requirements }: Loaded): Resolution {
  if (!resolved.ok) return resolved;
  const { id, base_url } = resolved.provider;
  const refuse = (rule: string): Resolution => {
    const message = `the provider ${id} (${base_url}) is not allowed here: ${requirements.file} says ${rule}`;
    return { ok: false, reason: "invalid", message };
  };
  const providers = requirements.allowed_model_providers;
  if (providers !== null && !providers.includes(id))
    return refuse(`allowed_model_providers = ${JSON.stringify(providers)}`);
  if (!hostAllowed(requirements, base_url))
    return refuse(`allowed_hosts = ${JSON.stringify(requirements.allowed_hosts)}`);
  return resolved;
}
