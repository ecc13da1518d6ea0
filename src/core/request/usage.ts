import { addUsage, NO_USAGE, type Usage } from "../../protocol/index.ts";

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
