import { addUsage, type HistoryItem, NO_USAGE, type Usage } from "../../protocol/index.ts";
import { historyTokens } from "./tokens.ts";

/** The tokens that a thread used: in all, and in the turn that runs. */
export class Spending {
  total: Usage;
  turn: Usage = NO_USAGE;
  /** US dollars of the turn; null: something of it has no known price. */
  turn_cost: number | null = 0;

  constructor(total: Usage) {
    this.total = total;
  }

  startTurn(): void {
    this.turn = NO_USAGE;
    this.turn_cost = 0;
  }

  /** @param cost US dollars; null: no price is known */
  add(usage: Usage, cost: number | null): void {
    this.turn_cost = this.turn_cost === null || cost === null ? null : this.turn_cost + cost;
    this.total = addUsage(this.total, usage);
    this.turn = addUsage(this.turn, usage);
  }
}

/**
 * What a response used, where its server did not count all of it: gateways that cannot count say 0, or 1, for what they do not
 * know, and no request is so short. `estimate`: tokens of the request; `items`: the answer.
 */
export function wholeUsage(counted: Usage | null, estimate: number, items: readonly HistoryItem[]): Usage {
  const { input_tokens, output_tokens, ...more } = counted ?? NO_USAGE;
  return {
    ...more,
    input_tokens: input_tokens > 1 ? input_tokens : estimate,
    output_tokens: output_tokens > 0 ? output_tokens : historyTokens(items),
  };
}
