import type { Rules, SessionGrant } from "../../policy/index.ts";
import type { Decision, UserInputAnswer } from "../../protocol/index.ts";
import type { KnownRepositories, ResolvedPolicies } from "../../sandbox/index.ts";
import { Questions } from "./approvals.ts";

/** What was allowed in a thread so far, and what waits for an answer. */
export class Permissions {
  readonly approvals = new Questions<Decision>();
  /** Questions of the model. */
  readonly inputs = new Questions<UserInputAnswer>();
  /** What the user allowed until the process ends. */
  readonly grants: SessionGrant[] = [];
  /** Where directories that may be written really are, as they were when they were first looked at (`keepPlace`). */
  readonly places = new Map<string, string>();
  /** The repositories of those directories, as they were then; null until one was looked at. */
  repositories: KnownRepositories | null = null;
  /** What permits came to; null until something was judged. */
  policies: ResolvedPolicies | null = null;
  readonly #saveRule: (text: string) => void;
  #rules: Rules;

  /** @param saveRule keeps a rule that an answer made, in the form that rule files have */
  constructor(rules: Rules, saveRule: (text: string) => void) {
    this.#rules = rules;
    this.#saveRule = saveRule;
  }

  /** The rules in force, with those that the user's answers added. */
  get rules(): Rules {
    return this.#rules;
  }

  /** Takes a rule into force and keeps it; `text` is its form in a file. */
  addRule(rule: Rules["prefix"][number], text: string): void {
    this.#rules = { ...this.#rules, prefix: [...this.#rules.prefix, rule] };
    this.#saveRule(text);
  }
}
