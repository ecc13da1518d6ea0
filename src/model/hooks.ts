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
}

/** Hooks with the timer filled in. */
export type Hooks = Required<ClientHooks>;

/** Fills in the default timer. */
export function completeHooks(hooks: ClientHooks): Hooks {
  return { now: () => hooks.now(), random: () => hooks.random(), timer: hooks.timer ?? realTimer };
}

/** Longest delay that `setTimeout` can hold; a longer one would fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

function realTimer(ms: number, callback: () => void): () => void {
  const timeout = setTimeout(callback, Math.min(ms, LONGEST_TIMEOUT_MS));
  return () => clearTimeout(timeout);
}

/** Resolves after `ms`; rejects with the signal's reason when that aborts first. */
export function sleep(ms: number, hooks: Hooks, signal: AbortSignal): Promise<void> {
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
