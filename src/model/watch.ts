import type { Clock } from "./hooks.ts";

/** Watches for silence. There is no limit on the whole: only on the time without a sign of life. */
export interface Watch {
  /** A sign of life. Costs one reading of the clock: the timer itself is not touched. */
  alive(): void;
  /** Sets another limit in ms, counted from now; null: none. */
  limit(ms: number | null): void;
  /** The limit that was passed, in ms; null as long as none was. */
  readonly fired: number | null;
  stop(): void;
}

/** Calls `onSilence` once when nothing lived for as long as the limit says. */
export function createWatch(hooks: Clock, onSilence: () => void): Watch {
  const state = { last: hooks.now(), limit: null as number | null, fired: null as number | null, cancel: () => {} };
  const arm = () => {
    if (state.limit === null) return;
    const left = state.last + state.limit - hooks.now();
    if (left > 0) {
      state.cancel = hooks.timer(left, arm);
      return;
    }
    state.fired = state.limit;
    onSilence();
  };
  return {
    alive: () => {
      state.last = hooks.now();
    },
    limit(ms) {
      state.cancel();
      state.limit = ms;
      state.last = hooks.now();
      arm();
    },
    get fired() {
      return state.fired;
    },
    stop: () => state.cancel(),
  };
}

/** Reads in a row that had nothing to wait for: so many small chunks are no model that thinks, but a flood. */
const FLOOD_READS = 32;
/** A read that took less, in ms, had nothing to wait for. */
const WAITED_MS = 1;
/** Nobody sees so short a pause, in ms: a picture is shown for 16. */
const PAUSE_MS = 8;

/**
 * Reads a stream. In a flood a little time passes before each read, in which many chunks become one: each costs a waking of two threads,
 * which is a third of what 50,000 deltas cost.
 */
export function paced<T>(read: () => Promise<T>, { now, timer }: Pick<Clock, "now" | "timer">): () => Promise<T> {
  let quick = 0;
  return async () => {
    if (quick >= FLOOD_READS) await new Promise<void>((resolve) => void timer(PAUSE_MS, resolve));
    const start = now();
    const result = await read();
    quick = now() - start < WAITED_MS ? quick + 1 : 0;
    return result;
  };
}
