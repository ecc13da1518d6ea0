import type { Network } from "../../protocol/index.ts";

/** A rule that speaks about a command. */
export interface RuleHit {
  rule: PrefixRule;
  /** The words that matched, as they stand in the rule. */
  prefix: string[];
  /** false: the words are known only at run time, or the script could not be read; the rule may be meant. */
  certain: boolean;
}

/** What a rule wants: run without asking, ask every time, or never. The later one is stricter. */
export type RuleDecision = "allow" | "prompt" | "forbidden";

/** Where something stands in a rule file. `line` and `column` count from 1. */
export interface RulePlace {
  file: string;
  line: number;
  column: number;
}

/** A problem in a rule file, at its place. */
export interface RuleError {
  place: RulePlace;
  message: string;
}

/** `prefix_rule(…)`: a decision for every command whose first words are these. */
export interface PrefixRule {
  /** One list of alternatives for each word. */
  pattern: string[][];
  decision: RuleDecision;
  /** For `allow`: without asking, but inside the sandbox. Otherwise it runs outside of it, as in the Codex CLI. */
  sandboxed: boolean;
  /** For `allow` inside the sandbox: directories that may be written besides, absolute. Absent: none. */
  write?: readonly string[];
  /** For `allow` inside the sandbox: what of the network may be reached. Absent: as the sandbox mode says. */
  network?: Exclude<Network, "none">;
  /** For `allow` inside the sandbox: sockets of programs outside, absolute. Absent: none. */
  sockets?: readonly string[];
  /** For `allow` inside the sandbox: files of hidden stores that may be read, absolute. Absent: none. */
  read?: readonly string[];
  justification: string | null;
  /** null: not from a file. */
  place: RulePlace | null;
}
