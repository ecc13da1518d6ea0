import { providerAllowed } from "../config/index.ts";
import type { Resolution } from "../model/index.ts";
import type { Loaded, OpenHost } from "./contract.ts";

/** A model server of this machine that may answer. */
export interface FoundServer {
  /** For `model_provider`. */
  id: string;
  /** What people call it. */
  name: string;
  base_url: string;
  /** Those that can talk; at least one. */
  models: string[];
}

/**
 * Servers of this machine that fill what the configuration leaves open: the provider, or the model of one that runs here. Only
 * where the administrator's rules allow it; nothing is asked when nothing is open.
 * @param named the provider that was named; null: none was
 */
export async function serversFor(
  resolved: Resolution,
  named: string | null,
  { requirements, config }: Pick<Loaded, "requirements" | "config">,
  host: Pick<OpenHost, "signal" | "env">,
): Promise<FoundServer[]> {
  if (resolved.ok || (resolved.reason !== "nothing_configured" && resolved.reason !== "no_model")) return [];
  const { findLocalServers, localAddresses, PROVIDERS } = await import("../model/index.ts");
  const usual = localAddresses(host.env);
  const own = named === null ? null : (config.model_providers[named]?.base_url ?? usual[named] ?? null);
  const places = named === null ? usual : own !== null && Object.hasOwn(usual, named) ? { [named]: own } : {};
  const may = (id: string, base_url: string) => providerAllowed(requirements, id, base_url);
  const found = await findLocalServers(host.signal, may, places);
  return found.map((server) => ({ ...server, name: PROVIDERS[server.id]?.name ?? server.id }));
}
