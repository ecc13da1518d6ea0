import type { RuleError, RulePlace } from "../rule.ts";

/** What is wrong with a rule file. It unwinds reader and evaluator, which call themselves, and is caught where a file is read. */
export class RuleFault extends Error {
  readonly error: RuleError;

  constructor(place: RulePlace, message: string) {
    super(message);
    this.error = { place, message };
  }
}
