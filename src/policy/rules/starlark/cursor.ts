import { RuleFault } from "./fault.ts";
import type { RuleToken } from "./tokens.ts";

/** Rules have lists in lists in calls; the reader calls itself for each level, and its own stack has an end. */
const MAX_NESTING = 50;

/** The tokens of a file, and where the reader is. */
export class Cursor {
  readonly #tokens: readonly RuleToken[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly RuleToken[]) {
    this.#tokens = tokens;
  }

  /** The token `ahead` of the one that comes next; behind the last one, that. */
  peek(ahead = 0): RuleToken {
    return this.#tokens[this.#at + ahead] ?? (this.#tokens.at(-1) as RuleToken);
  }

  next(): RuleToken {
    const token = this.peek();
    this.#at++;
    return token;
  }

  /** The next token is this operator or keyword. */
  is(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return (token.kind === "operator" || token.kind === "keyword") && token.text === text;
  }

  accept(text: string): boolean {
    const found = this.is(text);
    if (found) this.#at++;
    return found;
  }

  expect(text: string): void {
    if (!this.accept(text)) this.fail(`\`${text}\` is missing before ${tokenText(this.peek())}`);
  }

  fail(message: string): never {
    throw new RuleFault(this.peek().place, message);
  }

  /** Reads something that may hold the like of itself. */
  nested<T>(read: () => T): T {
    if (this.#depth >= MAX_NESTING) this.fail(`brackets are nested deeper than ${MAX_NESTING} levels`);
    this.#depth++;
    const value = read();
    this.#depth--;
    return value;
  }
}

/** A token in a message. */
export function tokenText(token: RuleToken): string {
  if (token.kind === "end" || (token.kind === "newline" && token.text === "")) return "the end of the file";
  if (token.kind === "newline" || token.kind === "dedent") return "the end of the line";
  if (token.kind === "indent") return "a line that is moved in";
  return token.kind === "string" || token.kind === "format" ? "a string" : `\`${token.text}\``;
}
