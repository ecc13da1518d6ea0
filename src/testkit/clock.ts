/** A clock that stands still until it is moved: timers fire in order and nothing is waited for in real time. */
export interface ManualClock {
  now(): number;
  /** Calls back once, `ms` after now. Returns what cancels it. */
  timer(ms: number, callback: () => void): () => void;
  /** Moves on by `ms`, firing what falls due on the way, each at its own time. */
  advance(ms: number): void;
  /** Time in ms until the next timer; null when none is set. */
  next(): number | null;
  /** Resolves when at least one timer is set. */
  armed(): Promise<void>;
}

/** A manual clock that starts at `start` (ms since 1970). */
export function manualClock(start = 1_700_000_000_000): ManualClock {
  const timers = new Map<number, { at: number; callback: () => void }>();
  const state = { now: start, ids: 0, waiting: Promise.withResolvers<void>() };
  const earliest = () => [...timers].sort(([, a], [, b]) => a.at - b.at)[0];
  return {
    now: () => state.now,
    timer(ms, callback) {
      const id = state.ids++;
      timers.set(id, { at: state.now + ms, callback });
      state.waiting.resolve();
      return () => void timers.delete(id);
    },
    advance(ms) {
      const until = state.now + ms;
      for (let due = earliest(); due && due[1].at <= until; due = earliest()) {
        const [id, { at, callback }] = due;
        timers.delete(id);
        state.now = at;
        callback();
      }
      state.now = until;
    },
    next() {
      const due = earliest();
      return due ? due[1].at - state.now : null;
    },
    armed() {
      if (timers.size > 0) return Promise.resolve();
      state.waiting = Promise.withResolvers();
      return state.waiting.promise;
    },
  };
}
