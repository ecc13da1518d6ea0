import type { ModelInfo, Price } from "../model/index.ts";
import type { Effect, Usage } from "../protocol/index.ts";
import type { Emitter } from "./emitter.ts";
import { TurnFailed } from "./failed.ts";

/** What a process may use up in one thread; null: no limit. What the thread used before it was resumed does not count. */
export interface BudgetLimits {
  /** Input and output together, cached input included. */
  tokens: number | null;
  /** US dollars, by the prices of the catalog. */
  cost: number | null;
  time_ms: number | null;
  /** Requests to the model. */
  turns: number | null;
  commands: number | null;
}

export const NO_LIMITS: BudgetLimits = Object.freeze({
  tokens: null,
  cost: null,
  time_ms: null,
  turns: null,
  commands: null,
});

/** The budget that ends a turn. `used`: so far; the next step could pass the limit. Units: tokens, US dollars, ms, counts. */
export interface BudgetStop {
  what: "tokens" | "cost" | "time" | "turns" | "commands";
  limit: number;
  used: number;
}

/** An answer that may have fewer tokens than this is not worth its request. */
const LEAST_ANSWER = 256;
/** Where the most that a model can answer is not known: the most of any in the catalog of 2026-11. */
const MOST_ANSWER = 384_000;
const PER_TOKEN = 1e-6;
/** Longest delay that `setTimeout` can hold; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Why a turn was aborted, when its time was over. */
export const TIME_IS_OVER = Symbol("the time is over");

/** Keeps the count of what was used, and says before each step whether it could pass a limit. No clock but `now` (ms). */
export class Budget {
  readonly #limits: BudgetLimits;
  readonly #now: () => number;
  readonly #start: number;
  /** The budget that this one is a share of; null: it is nobody's. */
  readonly #whole: Budget | null;
  #tokens = 0;
  #cost = 0;
  #requests = 0;
  #commands = 0;
  /** Resolves when no request runs that others of the same budget have to wait for. */
  #free: Promise<void> = Promise.resolve();
  /** The limit that the running request was cut to. */
  #binding: "tokens" | "cost" = "tokens";

  constructor(limits: BudgetLimits, now: () => number, whole: Budget | null = null) {
    this.#limits = limits;
    this.#whole = whole;
    this.#now = now;
    this.#start = now();
  }

  /** A part of this budget, of at most so many tokens: what is used of it is used of both. */
  share(tokens: number): Budget {
    return new Budget({ ...NO_LIMITS, tokens }, this.#now, this);
  }

  /**
   * Whether a request with about `input` tokens may be sent, and how long its answer may be at most so that no limit can
   * be passed; null: as long as it likes.
   */
  beforeRequest(input: number, info: ModelInfo): { max_output_tokens: number | null } | BudgetStop {
    const { tokens, cost, turns } = this.#limits;
    if (turns !== null && this.#requests >= turns) return { what: "turns", limit: turns, used: this.#requests };
    if (this.timeLeft() === 0) return this.timeStop();
    const byTokens = tokens === null ? Number.POSITIVE_INFINITY : tokens - this.#tokens - input;
    const byCost = cost === null ? Number.POSITIVE_INFINITY : this.#outputFor(cost - this.#cost, input, info.price);
    const room = Math.floor(Math.min(byTokens, byCost));
    this.#binding = byTokens <= byCost ? "tokens" : "cost";
    if (room < LEAST_ANSWER) return this.spent();
    const whole = this.#whole?.beforeRequest(input, info);
    if (whole !== undefined && "what" in whole) return whole;
    this.#requests++;
    const most = Math.min(room, whole?.max_output_tokens ?? Number.POSITIVE_INFINITY);
    return { max_output_tokens: most < (info.max_output_tokens ?? MOST_ANSWER) ? most : null };
  }

  /** Output tokens that the money pays for after an input that is not cached. An unknown price pays for nothing. */
  #outputFor(money: number, input: number, price: Price | null): number {
    if (price === null) return 0;
    const long = price.long && input > price.long.above_tokens ? price.long : null;
    const asked = input * Math.max(price.input, price.cache_write) * (long?.input_factor ?? 1) * PER_TOKEN;
    return (money - asked) / (price.output * (long?.output_factor ?? 1) * PER_TOKEN);
  }

  /**
   * Does a request. Threads that share a budget take turns where tokens or money are limited: each may use all that is left, and
   * only its end tells what it was.
   */
  async inTurn<T>(request: () => Promise<T>): Promise<T> {
    if (this.#whole !== null) return this.#whole.inTurn(request);
    const { tokens, cost } = this.#limits;
    if (tokens === null && cost === null) return request();
    const before = this.#free;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#free = promise;
    await before;
    return request().finally(resolve);
  }

  /** Counts what a response used. */
  charge(usage: Usage, { price }: Pick<ModelInfo, "price">): void {
    this.#tokens += usage.input_tokens + usage.output_tokens;
    if (price) this.#cost += costOf(usage, price);
    this.#whole?.charge(usage, { price });
  }

  /** Counts a command, unless it would be one too many. */
  beforeCommand(): BudgetStop | null {
    const { commands } = this.#limits;
    if (commands !== null && this.#commands >= commands) {
      return { what: "commands", limit: commands, used: this.#commands };
    }
    const whole = this.#whole?.beforeCommand() ?? null;
    if (whole === null) this.#commands++;
    return whole;
  }

  /** The limit that left no room, or that the answer was cut at. */
  spent(): BudgetStop {
    if (this.#binding === "cost") return { what: "cost", limit: this.#limits.cost ?? 0, used: this.#cost };
    return { what: "tokens", limit: this.#limits.tokens ?? 0, used: this.#tokens };
  }

  /** ms until the time is over; null: it never is. */
  timeLeft(): number | null {
    if (this.#whole !== null) return this.#whole.timeLeft();
    const { time_ms } = this.#limits;
    return time_ms === null ? null : Math.max(0, this.#start + time_ms - this.#now());
  }

  /** Aborts a turn with `TIME_IS_OVER` when the time is over. What comes back ends that. */
  arm(turn: AbortController): () => void {
    const left = this.timeLeft();
    if (left === null) return () => {};
    const timer = setTimeout(() => turn.abort(TIME_IS_OVER), Math.min(left, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  }

  timeStop(): BudgetStop {
    if (this.#whole !== null) return this.#whole.timeStop();
    return { what: "time", limit: this.#limits.time_ms ?? 0, used: Math.round(this.#now() - this.#start) };
  }
}

/** US dollars of one response, by its tokens. */
export function costOf(usage: Usage, price: Price): number {
  const { input_tokens, cached_input_tokens, cache_write_input_tokens, output_tokens } = usage;
  const long = price.long && input_tokens > price.long.above_tokens ? price.long : null;
  const plain = input_tokens - cached_input_tokens - cache_write_input_tokens;
  const input =
    plain * price.input + cached_input_tokens * price.cached_input + cache_write_input_tokens * price.cache_write;
  const output = output_tokens * price.output;
  return (input * (long?.input_factor ?? 1) + output * (long?.output_factor ?? 1)) * PER_TOKEN;
}

/** Counts what an effect runs. Ends the turn instead where that would be one command too many. */
export function countCommand(thread: Pick<Emitter, "emit"> & { budget: Budget }, effect: Effect | null): void {
  const stop = effect?.kind === "command" ? thread.budget.beforeCommand() : null;
  if (stop) throw stopFor(thread, stop);
}

/** Announces the budget that ends the turn; the error that ends it is for the caller to throw. */
export function stopFor(emitter: Pick<Emitter, "emit">, stop: BudgetStop): TurnFailed {
  emitter.emit({ type: "budget", ...stop });
  return new TurnFailed({ kind: "budget", message: budgetText(stop), retryable: false });
}

function budgetText({ what, limit, used }: BudgetStop): string {
  const again = "the thread can be resumed with a higher limit";
  switch (what) {
    case "tokens":
      return `--max-tokens ${limit}: ${used} are used, and the next answer could pass it; ${again}`;
    case "cost":
      return `--max-cost ${limit}: about $${used.toFixed(4)} are used, and the next answer could pass it; ${again}`;
    case "time":
      return `--max-time: the ${Math.round(limit / 1000)} s are over; ${again}`;
    case "turns":
      return `--max-turns ${limit}: that many requests were sent to the model; ${again}`;
    case "commands":
      return `--max-commands ${limit}: that many commands were run; ${again}`;
  }
}
