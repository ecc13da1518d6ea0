import { atEnd, enter, giveUp, innerReader, joinLines, matchAt, peek, type Reader, RUN_TIME } from "./reader.ts";
import { valueKnown } from "./variables.ts";
import type { Piece } from "./word.ts";

/** Reads a list of commands up to the closing parenthesis; handed in to keep the two files from importing each other. */
export type ReadList = (r: Reader, close: ")") => void;

/** Names and the special parameters after `$`. */
const NAME = /[A-Za-z_][A-Za-z0-9_]*|[0-9?#@*$!-]/y;
/**
 * `${…}` without anything that a shell evaluates further: `@P` and `!name` run or follow text, `[…]` and `:offset` are
 * arithmetic, which runs substitutions in subscripts, `=` assigns.
 */
const SIMPLE_BRACES =
  /\{(?:#?(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[?@*])|(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]+)(?::?[-+?]|%%?|##?|\/\/?|\^\^?|,,?)(?:[A-Za-z0-9_./*?: ,+-]|\$[A-Za-z_][A-Za-z0-9_]*(?![A-Za-z0-9_[]))*)\}/y;
/** Arithmetic over plain numbers. A name in it may hold `a[$(command)]`, which would be run. */
const PLAIN_ARITHMETIC = /\(\([0-9+\-*/%() \t]*\)\)/y;
/** What zsh alone expands: `$~x`, `$=x`, `$^x` and `$+x`, a length behind `$#`, and the modifiers of `$x:h`. */
const ZSH_FLAG = /[~=^+:]|#[A-Za-z_]/y;
const ZSH_MODIFIER = /:[A-Za-z&]/y;
/** What means itself between double quotes. */
const QUOTED = /[^"\\$`]+/y;
/** `$'…'` that ends at the same quote whether a shell knows this form or not. */
const ANSI_QUOTE = /'(?:[^'\\]|\\[^'])*'/y;

/** Reads what follows a `$` (the position is on it). `quoted`: inside double quotes or a here-document. */
export function readDollar(r: Reader, readList: ReadList, quoted: boolean): Piece {
  const next = r.text[r.pos + 1] ?? "";
  if (next === "(") return readParenthesis(r, readList, quoted);
  if (next === "{")
    return take(r, matchAt(SIMPLE_BRACES, r, r.pos + 1), quoted, "a parameter expansion that shells evaluate");
  if (next === "'" && !quoted) return readAnsiQuote(r);
  if (next === '"' && !quoted) return fail(r, 'a translated string ($"…")');
  if (next === "[") return fail(r, "old-style arithmetic ($[…])");
  if (r.shell === "zsh" && matchAt(ZSH_FLAG, r, r.pos + 1) !== null) return fail(r, "an expansion that only zsh knows");
  const name = matchAt(NAME, r, r.pos + 1);
  if (name !== null) return take(r, name, quoted, "");
  r.pos++;
  return { text: "$", splits: false };
}

function fail(r: Reader, what: string): Piece {
  giveUp(r, `it uses ${what}`);
  return RUN_TIME;
}

function take(r: Reader, matched: string | null, quoted: boolean, what: string): Piece {
  if (matched === null) return fail(r, what);
  r.pos += 1 + matched.length;
  if (!matched.startsWith("{")) {
    if (peek(r) === "[") return fail(r, "a subscript after a variable");
    if (r.shell === "zsh" && matchAt(ZSH_MODIFIER, r, r.pos) !== null) return fail(r, "a modifier after a variable");
  }
  // `${A:-B}` and `${A-B}` are A when that is set and not empty.
  const known = valueKnown(r.variables, /^\{?(\w+)(?::?-.*)?\}?$/.exec(matched)?.[1], quoted);
  if (known?.plain === true || (known !== null && !matched.includes("-"))) return known;
  const list = matched === "@" || matched === "*" || /^\{[@*]/.test(matched);
  return { text: null, splits: !quoted || list };
}

function readParenthesis(r: Reader, readList: ReadList, quoted: boolean): Piece {
  if (r.text[r.pos + 2] === "(") {
    return take(r, matchAt(PLAIN_ARITHMETIC, r, r.pos + 1), quoted, "arithmetic with names in it");
  }
  r.pos += 2;
  readNested(r, readList);
  return { text: null, splits: !quoted };
}

/** Reads the commands of a substitution; the position is behind its opening parenthesis. */
export function readNested(r: Reader, readList: ReadList): void {
  if (r.heredocs.length > 0) {
    giveUp(r, "a substitution starts on the line of a here-document");
    return;
  }
  if (!enter(r)) return;
  readList(r, ")");
  r.depth--;
}

/** Reads a substitution in backquotes; the position is on the first one. */
export function readBackquotes(r: Reader, readScript: (inner: Reader) => void, quoted: boolean): Piece {
  const end = r.text.indexOf("`", r.pos + 1);
  const body = r.text.slice(r.pos + 1, end);
  if (end === -1 || body.includes("\\")) return fail(r, "backquotes that nest or do not end");
  const inner = innerReader(r, body);
  readScript(inner);
  r.commands.push(...inner.commands);
  if (inner.problem !== null) return fail(r, `backquotes in which ${inner.problem}`);
  r.pos = end + 1;
  return { text: null, splits: !quoted };
}

const ANSI_ESCAPES: Record<string, string> = { n: "\n", t: "\t", "\\": "\\", r: "\r", '"': '"' };

function readAnsiQuote(r: Reader): Piece {
  const matched = matchAt(ANSI_QUOTE, r, r.pos + 1);
  if (matched === null) return fail(r, "a $'…' string that shells end at different places");
  r.pos += 1 + matched.length;
  const body = matched.slice(1, -1);
  const simple = /^(?:[^\\]|\\[nt\\r"])*$/.test(body);
  if (r.shell === "sh" || !simple) return { text: null, splits: false };
  return { text: body.replace(/\\(.)/g, (_, c: string) => ANSI_ESCAPES[c] ?? c), splits: false };
}

/** Reads a double-quoted string; the position is behind the opening quote. Calls `add` for each piece. */
export function readDoubleQuotes(
  r: Reader,
  readList: ReadList,
  readScript: (inner: Reader) => void,
  add: (p: Piece) => void,
): void {
  while (!atEnd(r)) {
    const c = peek(r);
    if (c === '"') {
      r.pos++;
      return;
    }
    if (c === "\\") addEscape(r, add);
    else if (c === "$") add(readDollar(r, readList, true));
    else if (c === "`") add(readBackquotes(r, readScript, true));
    else {
      const text = matchAt(QUOTED, r, r.pos) ?? c;
      add({ text, splits: false });
      r.pos += text.length;
    }
  }
  giveUp(r, "a double quote does not end");
}

function addEscape(r: Reader, add: (p: Piece) => void): void {
  const next = r.text[r.pos + 1] ?? "";
  if (next === "\n") {
    joinLines(r);
    return;
  }
  r.pos += 2;
  add({ text: '$`"\\'.includes(next) ? next : `\\${next}`, splits: false });
}
