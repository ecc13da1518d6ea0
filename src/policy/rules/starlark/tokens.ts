import type { RulePlace } from "../rule.ts";
import { RuleFault } from "./fault.ts";

/** A token of Starlark. `format`: an f-string, as it was written between its quotes. */
export interface RuleToken {
  kind: "name" | "keyword" | "string" | "format" | "int" | "operator" | "newline" | "indent" | "dedent" | "end";
  text: string;
  place: RulePlace;
}

const KEYWORDS = new Set("and break continue def elif else for if in lambda load not or pass return".split(" "));
/** Words that Starlark keeps from being names, and gives no meaning. */
const RESERVED = new Set(
  "as assert async await class del except finally from global import is nonlocal raise try while with yield".split(" "),
);

const BLANK = /(?:[ \r]|\\\r?\n|#[^\n]*)+/y;
/** Within brackets a line end is a blank, and how lines are moved in does not count. */
const BLANK_IN_BRACKETS = /(?:[ \t\r\n]|\\\r?\n|#[^\n]*)+/y;
const BLANKS = / */y;
const EMPTY_LINE = /[ \t\r]*(?:#[^\n]*)?(?:\n|$)/y;
const MISPLACED = "this line is moved in like none of the blocks around it";
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const INT = /0[xX][0-9a-fA-F]+|0[oO][0-7]+|\d+(?![.\w])/y;
const STRING =
  /([rRfF]?)("""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')/y;
const OPERATOR = /\*\*|\/\/=?|->|<<=?|>>=?|[=!<>]=|[-+*/%|&^]=|[()[\]{},:;.=+\-*/%<>|&^~]/y;
const OPENS = new Set(["(", "[", "{"]);
const CLOSES = new Set([")", "]", "}"]);

/** Splits a rule file. Strings come without quotes and with their escapes resolved; the last token is `end`. Throws RuleFault. */
export function tokenize(text: string, file: string): RuleToken[] {
  return new Lexer(text, file).run();
}

class Lexer {
  readonly #text: string;
  readonly #placeOf: (offset: number) => RulePlace;
  readonly #tokens: RuleToken[] = [];
  /** How far the blocks around are moved in, in blanks. */
  readonly #indents = [0];
  #at = 0;
  #brackets = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#placeOf = placesOf(text, file);
  }

  run(): RuleToken[] {
    while (this.#at < this.#text.length) {
      if (this.#brackets === 0 && this.#atLineStart()) this.#indent();
      this.#take(this.#brackets === 0 ? BLANK : BLANK_IN_BRACKETS);
      if (this.#at < this.#text.length) this.#token();
    }
    if (this.#tokens.length > 0 && this.#tokens.at(-1)?.kind !== "newline") this.#push("newline", "");
    while (this.#indents.length > 1) this.#dedent();
    this.#push("end", "");
    return this.#tokens;
  }

  #atLineStart(): boolean {
    return this.#at === 0 || this.#text[this.#at - 1] === "\n";
  }

  /** Lines without a token say nothing about blocks. */
  #indent(): void {
    while (this.#at < this.#text.length && this.#take(EMPTY_LINE)) {}
    if (this.#at === this.#text.length) return;
    const start = this.#at;
    const width = this.#take(BLANKS)?.length ?? 0;
    if (this.#text[this.#at] === "\t") this.#fail("a line begins with a tab: Starlark takes blanks only");
    if (width > (this.#indents.at(-1) ?? 0)) {
      this.#indents.push(width);
      this.#push("indent", "");
    }
    while (width < (this.#indents.at(-1) ?? 0)) this.#dedent();
    if (width !== this.#indents.at(-1)) throw new RuleFault(this.#placeOf(start + width), MISPLACED);
  }

  #dedent(): void {
    this.#indents.pop();
    this.#push("dedent", "");
  }

  #token(): void {
    const place = this.#placeOf(this.#at);
    if (this.#text[this.#at] === "\n") {
      this.#at++;
      if (this.#tokens.length > 0 && this.#tokens.at(-1)?.kind !== "newline")
        this.#tokens.push({ kind: "newline", text: "\n", place });
      return;
    }
    const string = this.#take(STRING);
    if (string !== null) this.#tokens.push({ ...readString(string), place });
    else this.#word(place);
  }

  #word(place: RulePlace): void {
    const int = this.#take(INT);
    const name = int === null ? this.#take(NAME) : null;
    const text = int ?? name ?? this.#take(OPERATOR);
    if (text === null) this.#fail(unreadable(this.#text[this.#at] ?? ""));
    if (name !== null && RESERVED.has(name)) throw new RuleFault(place, `\`${name}\` has no meaning in a rule file`);
    if (OPENS.has(text)) this.#brackets++;
    if (CLOSES.has(text)) this.#brackets = Math.max(0, this.#brackets - 1);
    const kind = int !== null ? "int" : name === null ? "operator" : KEYWORDS.has(name) ? "keyword" : "name";
    this.#tokens.push({ kind, text, place });
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    this.#at += found?.length ?? 0;
    return found;
  }

  #push(kind: RuleToken["kind"], text: string): void {
    this.#tokens.push({ kind, text, place: this.#placeOf(this.#at) });
  }

  #fail(message: string): never {
    throw new RuleFault(this.#placeOf(this.#at), message);
  }
}

function unreadable(character: string): string {
  if (character === '"' || character === "'") return "a string does not end";
  if (/\d/.test(character)) return "only whole numbers can be read";
  return `${JSON.stringify(character)} is not part of a rule file`;
}

/** Line and column of offsets, both from 1; each offset lies behind the one before, so that the text is looked through once. */
function placesOf(text: string, file: string): (offset: number) => RulePlace {
  let line = 1;
  let start = 0;
  let end = text.indexOf("\n");
  return (offset) => {
    while (end >= 0 && end < offset) {
      line++;
      start = end + 1;
      end = text.indexOf("\n", start);
    }
    return { file, line, column: offset - start + 1 };
  };
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", "0": "\0", a: "\x07", b: "\b", f: "\f", v: "\v" };

function readString(token: string): Pick<RuleToken, "kind" | "text"> {
  const prefix = /^[rRfF]?/.exec(token)?.[0].toLowerCase() ?? "";
  const body = token.slice(prefix.length);
  const length = body.startsWith('"""') || body.startsWith("'''") ? 3 : 1;
  const inner = body.slice(length, -length);
  const kind = prefix === "f" ? "format" : "string";
  return { kind, text: prefix === "r" ? inner : unescaped(inner) };
}

function unescaped(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(\r?\n)|([\s\S]))/g,
    (_, hex?: string, unicode?: string, end?: string, c?: string) => {
      const code = hex ?? unicode;
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      return end !== undefined ? "" : (ESCAPES[c ?? ""] ?? c ?? "");
    },
  );
}
