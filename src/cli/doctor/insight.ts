import { FAILED, USAGE } from "../../base/index.ts";
import type { Resolution } from "../../model/index.ts";
import { findProvider, type Loaded, readConfig } from "../../open/index.ts";
import type { Flags, Host } from "../contract.ts";
import { readModeFlags } from "../mode-flags.ts";

/** The provider that a thread would have here, for commands that only look. `model` is null when none is named. */
export type Insight =
  | { ok: true; resolved: Resolution & { ok: true }; model: string | null; loaded: Loaded }
  | { ok: false; message: string; exit: number };

/** Stands in for a model, so that a provider can be looked at before one is chosen. */
const UNNAMED = "unnamed";

/** Finds the provider as a thread would: flags, configuration, environment, saved keys, a local server. */
export async function findInsight(host: Host, flags: Flags): Promise<Insight> {
  const read = readModeFlags(flags, { cwd: host.cwd, attended: false, disable_project_doc: true });
  if (!read.ok) return { ok: false, message: read.message, exit: USAGE };
  const options = { cwd: host.cwd, ...read.mode };
  const loaded = await readConfig(host, options);
  if (!loaded.ok) return loaded;
  const resolved = await findProvider(loaded, host, options);
  if (resolved.ok) return { ok: true, resolved, model: resolved.model, loaded };
  const config = { ...loaded.config, model: loaded.config.model ?? UNNAMED };
  const again = await findProvider({ ...loaded, config }, host, options);
  if (!again.ok) return { ok: false, message: resolved.message, exit: FAILED };
  return { ok: true, resolved: again, model: null, loaded };
}
