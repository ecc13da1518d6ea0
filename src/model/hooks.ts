import type { KeySource } from "./keys.ts";

/** Calls back once after `ms` milliseconds. Returns what cancels it. */
export type Timer = (ms: number, callback: () => void) => () => void;

/** What the model code takes from outside instead of reading it: clock, randomness, timers. */
export interface ClientHooks {
  /** Milliseconds since 1970. */
  now(): number;
  /** Evenly spread over [0, 1). */
  random(): number;
  /** Default: `setTimeout`. */
  timer?: Timer;
  /** Waits `ms`, or rejects with the signal's reason. Default: with `timer`. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Sends requests. Default: Bun's `fetch`. */
  fetch?: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Where the key comes from when a program gives it (`Resolution.keys`); `ProviderSettings.api_key` otherwise. */
  keys?: KeySource | null;
}

/** Hooks with the defaults filled in. */
export type Hooks = Required<Omit<ClientHooks, "sleep">> & Pick<ClientHooks, "sleep">;

/** What waiting needs of them. */
export type Clock = Pick<Hooks, "now" | "random" | "timer"> & Pick<ClientHooks, "sleep">;

/** Fills in the defaults. */
export function completeHooks(hooks: ClientHooks): Hooks {
  return {
    now: () => hooks.now(),
    random: () => hooks.random(),
    timer: hooks.timer ?? realTimer,
    ...(hooks.sleep ? { sleep: hooks.sleep } : {}),
    fetch: hooks.fetch ?? ((input, init) => fetch(input, init)),
    keys: hooks.keys ?? null,
  };
}

/** Longest delay that `setTimeout` can hold; a longer one would fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

function realTimer(ms: number, callback: () => void): () => void {
  const timeout = setTimeout(callback, Math.min(ms, LONGEST_TIMEOUT_MS));
  return () => clearTimeout(timeout);
}

/** Resolves after `ms`; rejects with the signal's reason when that aborts first. */
export function sleep(ms: number, hooks: Clock, signal: AbortSignal): Promise<void> {
  if (hooks.sleep) return hooks.sleep(ms, signal);
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = hooks.timer(ms, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
