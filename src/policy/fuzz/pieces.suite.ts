import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What lines are made of. `T` stands for a text, `N` for a name, `V` for a value. */
export interface Pieces {
  /** Words that are no options, and words that make programs act or are known to in some of them. */
  operands: string[];
  acting: string[];
  values: string[];
  /** Parts of scripts of sed and awk and of expressions of find. */
  sed: string[];
  awk: string[];
  awk_before_slash: string[];
  find: string[];
  /** Commands that act through one word: the words before it, the words that it may be, the words behind it. */
  baits: [string[], string[], string[]?][];
  /** Names that a script may set, and names that are usually unset. */
  names: string[];
  unset: string[];
  references: string[];
  zsh_references: string[];
  /** Ways in which a variable gets a value, for sure or not. */
  settings: string[];
  /** Words that run something in one shell or another, or only look so. */
  confusing: string[];
  braces: string[];
  substitutions: string[];
  /** Words that turn into nothing. */
  nothing: string[];
}

export const PIECES: Pieces = JSON.parse(readFileSync(join(import.meta.dir, "..", "fixtures", "fuzz.json"), "utf8"));
