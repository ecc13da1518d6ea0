import { narrowerMode, narrowerPolicy, type StoredThread } from "../session/index.ts";
import type { Loaded, OpenOptions } from "./contract.ts";
import type { threadSettings } from "./settings.ts";

/** The modes of settings. */
type Modes = Pick<ReturnType<typeof threadSettings>, "sandbox_mode" | "approval_policy" | "granular">;

/**
 * Modes of a thread whose file did not say all of them: those of the user's own configuration, or what the file leaves room for where
 * that is narrower. What a person typed for this run stands, as it does for every thread.
 */
export function withinUntold<T extends Modes>(wanted: T, loaded: Loaded, options: OpenOptions): T {
  const untold = options.resume?.stored.context?.untold ?? {};
  const typed = (key: string) => loaded.origins.get(key)?.layer === "flag";
  const most = typed("sandbox_mode") ? undefined : untold.sandbox_mode;
  const asks = (options.approval_policy ?? null) !== null || options.own_policy || typed("approval_policy");
  const policy = asks ? undefined : untold.approval_policy;
  const narrower = narrowerPolicy(wanted.approval_policy, policy ?? "never");
  return {
    ...wanted,
    sandbox_mode: narrowerMode(wanted.sandbox_mode, most ?? "danger-full-access"),
    approval_policy: narrower,
    // A list that says which questions come is one of `on-request`: whoever is asked about everything needs none.
    granular: narrower === wanted.approval_policy ? wanted.granular : null,
  };
}

const NAMES = {
  model: "model",
  model_provider: "provider",
  sandbox_mode: "sandbox mode",
  approval_policy: "approval policy",
} as const;

/** What the user's configuration answers for a thread that was imported, as a sentence; null: nothing. */
export function untoldNote(stored: StoredThread | null): string | null {
  const untold = stored?.context?.untold ?? {};
  const names = Object.entries(NAMES).flatMap(([key, name]) => (key in untold ? [name] : []));
  if (names.length === 0) return null;
  const list = names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  return `${list}: taken from your configuration, as the file that this thread was imported from does not say`;
}
