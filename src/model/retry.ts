import pRetry from "p-retry";
import type { Failure } from "../protocol/index.ts";
import type { ModelEvent, ProviderSettings } from "./contract.ts";
import { StreamError } from "./failure.ts";
import { type Clock, sleep } from "./hooks.ts";

/** Quick retries of one request, whatever fails: the number of the seed's pull request on reliability. */
export const QUICK_RETRIES = 10;
/** First delay, its growth and its spread, from the same source: 200, 260, 338 … 2121 ms, together about 8.5 s. */
const FIRST_DELAY_MS = 200;
const GROWTH = 1.3;
const SPREAD = 0.1;
/** Longest step of the outage phase: short enough to notice that the network is back, long enough to be no load. */
export const LONGEST_STEP_MS = 30_000;
/** Longest hint that is followed where no outage phase bounds it: the default length of that phase. */
const LONGEST_HINT_MS = 600_000;

/** A retry that is about to happen. */
export type Retrying = Extract<ModelEvent, { type: "retrying" }>;
export type RetryPolicy = Pick<
  ProviderSettings,
  "request_max_retries" | "stream_max_retries" | "give_up_after_ms" | "waits_for_first"
>;

/**
 * Runs `attempt` until it succeeds, fails for good, or the policy ends it. There is ONE counter for everything that can
 * fail, so that two budgets never multiply. Each retry is announced before its delay; a server's hint wins over ours.
 * Rejects with the last `StreamError`, with the signal's reason, or with what is no StreamError (a bug) at once.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  policy: RetryPolicy,
  hooks: Clock,
  announce: (event: Retrying) => void,
  signal: AbortSignal,
): Promise<T> {
  const state: RetryState = { retries: 0, outage_since: null, empty: 0 };
  return await pRetry(attempt, {
    // The counter and the delay are ours: p-retry's own jitter knows no hints, and its retries no second phase.
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 0,
    async shouldRetry({ error }) {
      if (!(error instanceof StreamError)) return false;
      const plan = planRetry(error, state, policy, hooks);
      if (!plan) return false;
      state.retries = plan.attempt;
      if (error.failure.kind === "empty_answer") state.empty++;
      if (plan.max === null) state.outage_since ??= hooks.now();
      announce(plan);
      await sleep(plan.delay_ms, hooks, signal);
      return true;
    },
  });
}

/** How far the retries of one request have come. */
export interface RetryState {
  /** Retries so far. */
  retries: number;
  /** When the outage phase began, in ms since 1970; null before it. */
  outage_since: number | null;
  /** Empty answers so far: the model is asked again once. */
  empty: number;
}

/** The next retry, or null when it is time to give up. Pure but for the clock and the dice in `hooks`. */
export function planRetry(
  { failure, origin, never_reached }: StreamError,
  state: RetryState,
  policy: RetryPolicy,
  hooks: Pick<Clock, "now" | "random">,
): Retrying | null {
  if (!failure.retryable || (failure.kind === "empty_answer" && state.empty > 0)) return null;
  const attempt = state.retries + 1;
  const explicit = origin === "request" ? policy.request_max_retries : policy.stream_max_retries;
  const max = explicit ?? QUICK_RETRIES;
  const bounded = policy.request_max_retries !== null || policy.stream_max_retries !== null;
  // Where nobody ever was, nobody is expected to come back, unless a person said so.
  const unexpected = never_reached && !policy.waits_for_first;
  const give_up_after = bounded || unexpected ? 0 : policy.give_up_after_ms;
  const hint = failure.retry_after_ms;
  if (attempt <= max) {
    const limit = give_up_after === null ? Number.POSITIVE_INFINITY : give_up_after || LONGEST_HINT_MS;
    if (hint !== undefined && hint > limit) return null;
    return { type: "retrying", attempt, max, delay_ms: Math.round(hint ?? backoff(attempt, hooks)), error: failure };
  }
  const left = outageLeft(state, give_up_after, hooks.now());
  if (left <= 0 || (hint !== undefined && hint > left)) return null;
  const step = Math.min(backoff(attempt, hooks), LONGEST_STEP_MS, left);
  return { type: "retrying", attempt, max: null, delay_ms: Math.round(hint ?? step), error: failure };
}

/** Time that the outage phase still has, in ms; 0 when there is none. */
function outageLeft({ outage_since }: RetryState, give_up_after: number | null, now: number): number {
  if (give_up_after === null) return Number.POSITIVE_INFINITY;
  return outage_since === null ? give_up_after : outage_since + give_up_after - now;
}

function backoff(attempt: number, { random }: Pick<Clock, "random">): number {
  return FIRST_DELAY_MS * GROWTH ** (attempt - 1) * (1 - SPREAD + 2 * SPREAD * random());
}

/** The failure that ends a request, with how often it was tried. */
export function givenUp(failure: Failure, retries: number): Failure {
  if (!failure.retryable || retries === 0) return failure;
  return {
    ...failure,
    message: `${failure.message} (given up after ${retries} ${retries === 1 ? "retry" : "retries"})`,
  };
}
