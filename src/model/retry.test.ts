import { describe, expect, test } from "bun:test";
import type { Failure } from "../protocol/index.ts";
import { manualClock } from "../testkit/index.ts";
import { StreamError } from "./failure.ts";
import { givenUp, planRetry, type Retrying, type RetryPolicy, type RetryState, withRetries } from "./retry.ts";

const cut: Failure = { kind: "stream_disconnected", message: "cut", retryable: true };
const policy = (more: Partial<RetryPolicy> = {}): RetryPolicy => ({
  request_max_retries: null,
  stream_max_retries: null,
  give_up_after_ms: 0,
  waits_for_first: true,
  ...more,
});
const at = (retries: number, outage_since: number | null = null): RetryState => ({ retries, outage_since, empty: 0 });
const middle = { now: () => 1000, random: () => 0.5 };

const atOnce = (_: number, callback: () => void) => {
  callback();
  return () => {};
};

/** Runs an attempt that always fails the same way until it is given up, in no time. */
async function untilGivenUp(failure: Failure, rules: RetryPolicy, origin: "request" | "stream" = "stream") {
  const clock = manualClock(0);
  const plans: Retrying[] = [];
  const hooks = { now: clock.now, random: () => 0.5, timer: clock.timer };
  const attempt = () => Promise.reject(new StreamError(failure, origin));
  const done = withRetries(attempt, rules, hooks, (plan) => plans.push(plan), new AbortController().signal).catch(
    (error: unknown) => error,
  );
  for (let settled = false; !settled; ) {
    void done.then(() => {
      settled = true;
    });
    clock.advance(clock.next() ?? 0);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { plans, error: await done, elapsed: clock.now() };
}

describe("quick phase", () => {
  test("ten retries with the seed's delays, then the failure itself", async () => {
    const { plans, error, elapsed } = await untilGivenUp(cut, policy());
    expect(plans.map((plan) => plan.delay_ms)).toEqual([200, 260, 338, 439, 571, 743, 965, 1255, 1631, 2121]);
    expect(plans.map(({ attempt, max }) => `${attempt}/${max}`)).toEqual(
      [..."123456789"].map((n) => `${n}/10`).concat("10/10"),
    );
    expect(error).toMatchObject({ failure: cut });
    expect(elapsed).toBe(8523);
  });

  test.each([
    [0, 180],
    [1, 220],
  ])("the dice spread a delay by 10 % (%d)", (dice, delay_ms) => {
    expect(
      planRetry(new StreamError(cut, "stream"), at(0), policy(), { now: () => 0, random: () => dice })?.delay_ms,
    ).toBe(delay_ms);
  });

  test("a server's hint wins, to the millisecond", () => {
    const limited: Failure = { kind: "rate_limited", message: "slow down", retryable: true, retry_after_ms: 1503.2 };
    expect(planRetry(new StreamError(limited, "request"), at(3), policy(), middle)).toMatchObject({
      attempt: 4,
      delay_ms: 1503,
    });
  });

  test("a hint beyond what anyone waits for ends it", () => {
    const limited: Failure = { kind: "rate_limited", message: "tomorrow", retryable: true, retry_after_ms: 86_400_000 };
    expect(planRetry(new StreamError(limited, "request"), at(0), policy(), middle)).toBeNull();
    expect(
      planRetry(new StreamError(limited, "request"), at(0), policy({ give_up_after_ms: 600_000 }), middle),
    ).toBeNull();
    expect(
      planRetry(new StreamError(limited, "request"), at(0), policy({ give_up_after_ms: null }), middle)?.delay_ms,
    ).toBe(86_400_000);
  });

  test("a hint of exactly the longest wait is followed, one ms more is not", () => {
    const after = (retry_after_ms: number, give_up_after_ms: number) => {
      const limited: Failure = { kind: "rate_limited", message: "wait", retryable: true, retry_after_ms };
      return planRetry(new StreamError(limited, "request"), at(0), policy({ give_up_after_ms }), middle)?.delay_ms;
    };
    // Ten minutes where there is no outage phase, else its length.
    expect([after(600_000, 0), after(600_001, 0)]).toEqual([600_000, undefined]);
    expect([after(5000, 5000), after(5001, 5000)]).toEqual([5000, undefined]);
  });

  test("what is final is not tried again", () => {
    const final: Failure = { kind: "unauthorized", message: "no", retryable: false };
    expect(planRetry(new StreamError(final, "request"), at(0), policy(), middle)).toBeNull();
  });

  test("a TypeError of our own is a bug and not repeated", async () => {
    let runs = 0;
    const attempt = async () => {
      runs++;
      throw new TypeError("undefined is not a function");
    };
    const hooks = { ...middle, timer: manualClock().timer };
    expect(withRetries(attempt, policy(), hooks, () => {}, new AbortController().signal)).rejects.toThrow(TypeError);
    expect(runs).toBe(1);
  });

  test("an abort ends the wait at once", async () => {
    const abort = new AbortController();
    const clock = manualClock();
    const attempt = () => Promise.reject(new StreamError(cut, "stream"));
    const hooks = { now: clock.now, random: () => 0.5, timer: clock.timer };
    const done = withRetries(attempt, policy(), hooks, () => {}, abort.signal);
    await clock.armed();
    abort.abort(new Error("stop"));
    expect(done).rejects.toThrow("stop");
    expect(clock.next()).toBeNull();
  });
});

describe("explicit caps", () => {
  test.each([
    ["stream", 2, 2],
    ["request", 10, 10],
  ] as const)("stream_max_retries caps %s failures at %d retries", async (origin, count) => {
    const { plans } = await untilGivenUp(cut, policy({ stream_max_retries: 2, give_up_after_ms: null }), origin);
    expect(plans).toHaveLength(count);
  });

  test("one counter: failures of both kinds together never exceed the cap of the one that fails", () => {
    const rules = policy({ request_max_retries: 4, stream_max_retries: 5 });
    expect(planRetry(new StreamError(cut, "request"), at(4), rules, middle)).toBeNull();
    expect(planRetry(new StreamError(cut, "stream"), at(4), rules, middle)?.attempt).toBe(5);
    expect(planRetry(new StreamError(cut, "stream"), at(5), rules, middle)).toBeNull();
  });

  test("0 means never", () => {
    expect(planRetry(new StreamError(cut, "stream"), at(0), policy({ stream_max_retries: 0 }), middle)).toBeNull();
  });
});

describe("outage phase", () => {
  test("goes on in steps of at most 30 s and gives up when its time is over", async () => {
    const { plans, elapsed } = await untilGivenUp(cut, policy({ give_up_after_ms: 600_000 }));
    const outage = plans.slice(10);
    expect(outage[0]).toMatchObject({ attempt: 11, max: null, delay_ms: 2757 });
    expect(Math.max(...outage.map((plan) => plan.delay_ms))).toBe(30_000);
    expect(elapsed).toBe(8523 + 600_000);
  });

  test("never ends while a person watches", () => {
    const plan = planRetry(new StreamError(cut, "stream"), at(5000, 0), policy({ give_up_after_ms: null }), {
      now: () => 1e12,
      random: () => 0.5,
    });
    expect(plan).toMatchObject({ attempt: 5001, max: null, delay_ms: 30_000 });
  });

  test("a hint longer than the time that is left gives up now", () => {
    const limited: Failure = { kind: "rate_limited", message: "wait", retryable: true, retry_after_ms: 5000 };
    const rules = policy({ give_up_after_ms: 10_000 });
    expect(
      planRetry(new StreamError(limited, "request"), at(12, 0), rules, { now: () => 6000, random: () => 0.5 }),
    ).toBeNull();
    expect(
      planRetry(new StreamError(limited, "request"), at(12, 0), rules, { now: () => 4000, random: () => 0.5 })
        ?.delay_ms,
    ).toBe(5000);
  });
});

describe("the end of the outage phase", () => {
  const late = (now: number, retry_after_ms?: number) => {
    const failure: Failure = { ...cut, ...(retry_after_ms === undefined ? {} : { retry_after_ms }) };
    const rules = policy({ give_up_after_ms: 10_000 });
    return planRetry(new StreamError(failure, "stream"), at(12, 0), rules, { now: () => now, random: () => 0.5 });
  };

  test("is exact: the last step is cut to what is left, and a hint may take all of it", () => {
    expect(late(9_999)).toMatchObject({ delay_ms: 1, max: null });
    expect(late(10_000)).toBeNull();
    expect(late(4_000, 6_000)).toMatchObject({ delay_ms: 6_000 });
    expect(late(4_000, 6_001)).toBeNull();
  });

  test("is never where no phase was asked for", () => {
    expect(planRetry(new StreamError(cut, "stream"), at(10), policy(), middle)).toBeNull();
  });
});

test("an empty answer is asked for again once, whatever failed before it", async () => {
  const empty: Failure = { kind: "empty_answer", message: "nothing", retryable: true };
  const plans: string[] = [];
  const failures = [cut, empty, cut, empty];
  const attempt = () => Promise.reject(new StreamError(failures[plans.length] ?? cut, "stream"));
  const hooks = { ...middle, timer: atOnce };
  const announce = ({ error }: Retrying) => void plans.push(error.kind);
  const done = withRetries(attempt, policy(), hooks, announce, new AbortController().signal);
  await expect(done).rejects.toMatchObject({ failure: empty });
  expect(plans).toEqual(["stream_disconnected", "empty_answer", "stream_disconnected"]);
});

describe("words", () => {
  test("once is not twice", () => {
    expect(givenUp(cut, 1).message).toBe("cut (given up after 1 retry)");
    expect(givenUp(cut, 2).message).toBe("cut (given up after 2 retries)");
  });

  test("what is final says nothing of retries", () => {
    const final: Failure = { kind: "unauthorized", message: "no", retryable: false };
    expect(givenUp(final, 3)).toBe(final);
  });

  test("the end says how often it was tried", () => {
    expect(givenUp(cut, 10).message).toBe("cut (given up after 10 retries)");
    expect(givenUp(cut, 0)).toBe(cut);
  });
});
