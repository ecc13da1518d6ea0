import { addUsage, NO_USAGE, type Usage } from "../../protocol/index.ts";

/** The tokens that a thread used: in all, and in the turn that runs. */
export class Spending {
  total: Usage;
  turn: Usage = NO_USAGE;

  constructor(total: Usage) {
    this.total = total;
  }

  startTurn(): void {
    this.turn = NO_USAGE;
  }

  add(usage: Usage): void {
    this.total = addUsage(this.total, usage);
    this.turn = addUsage(this.turn, usage);
  }
}
