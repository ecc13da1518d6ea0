import { type ReadList, readBackquotes, readDollar, readDoubleQuotes } from "./expansion.ts";
import {
  atEnd,
  finishWord,
  giveUp,
  joinLines,
  matchAt,
  peek,
  type Reader,
  RUN_TIME,
  type WordBuilder,
} from "./reader.ts";
import type { Piece, Word } from "./word.ts";

/** Characters that mean themselves wherever they stand in a word. */
const ORDINARY = /[\w./@:+,=%-]+/y;
const NAMED = /=+[^= \t\n;&|<>()]/y;
/** Ends a word when it is not quoted. */
const METACHARACTERS = " \t\n;&|<>()";
/** Characters that look like nothing or like a blank and hide what a person reads: refused everywhere. */
const INVISIBLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/;

/** True when the script holds characters that a person cannot see. */
export function hasInvisible(text: string): boolean {
  return INVISIBLE.test(text);
}

/** The two readers of nested commands that words need. */
export interface Nested {
  list: ReadList;
  script: (inner: Reader) => void;
}

function addPiece(b: WordBuilder, piece: Piece): void {
  const first = b.known && b.text === "";
  if (piece.many === true) {
    b.many = true;
    b.plain = first ? piece.plain === true : b.text === "" ? b.plain : !b.text.startsWith("-");
    b.text = "";
    b.known = false;
    return;
  }
  if (piece.splits) {
    b.many = true;
    // The first of several words keeps the prefix, the others do not: nothing is certain.
    b.text = "";
    b.plain = false;
  } else if (first) b.plain = piece.plain === true;
  if (b.known && !piece.splits) b.text += piece.text ?? piece.prefix ?? "";
  if (piece.text === null || piece.splits) b.known = false;
}

/** Reads one word at the position, which is on its first character. */
export function readWord(r: Reader, nested: Nested): Word {
  const b: WordBuilder = { text: "", known: true, many: false, bare: true, plain: false, start: r.pos, braces: 0 };
  while (!atEnd(r)) {
    const c = peek(r);
    if (METACHARACTERS.includes(c)) break;
    readPart(r, b, c, nested);
  }
  if (peek(r) === "(") giveUp(r, "a parenthesis stands directly behind a word");
  return finishWord(r, b);
}

/**
 * `~` and `~/x` are below the home; `~name` may be any directory, or stay as it is. So may a tilde behind `=` and `:`, which
 * shells look for in assignments, and bash in arguments that look like one.
 */
function readTilde(r: Reader, b: WordBuilder): void {
  const home = /^~(?:[/ \t\n;&|<>()]|$)/.test(peek(r, 2));
  const before = r.text.slice(Math.max(b.start, r.pos - 2), r.pos);
  if (before === "") addPiece(b, { text: null, splits: false, prefix: home ? "/" : "", plain: true });
  // `=~` is an operator, where the shell has one.
  else if (/[=:]$/.test(before) && (before !== "=" || r.shell === "sh")) addPiece(b, { text: null, splits: false });
  else addPiece(b, { text: "~", splits: false });
  r.pos++;
}

function readPart(r: Reader, b: WordBuilder, c: string, nested: Nested): void {
  if (c === "\\") readEscape(r, b);
  else if (c === "'" || c === '"') readQuoted(r, b, c, nested);
  else if (c === "$") {
    if (r.text[r.pos + 1] === "'") b.bare = false;
    addPiece(b, readDollar(r, nested.list, false));
  } else if (c === "`") addPiece(b, readBackquotes(r, nested.script, false));
  else if (c === "*" || c === "?" || c === "[") readGlob(r, b, c);
  else if (c === "{" || c === "}") readBrace(r, b, c);
  else if (c === "~") readTilde(r, b);
  else {
    const text = matchAt(ORDINARY, r, r.pos) ?? c;
    // There a word `=ls` is the path of `ls`, also behind an empty pair of quotes; `=` and `==` are operators.
    if (r.shell === "zsh" && b.text === "" && matchAt(NAMED, r, r.pos) !== null) giveUp(r, "`=` in front of a name");
    addPiece(b, { text, splits: false });
    r.pos += text.length;
  }
}

function readEscape(r: Reader, b: WordBuilder): void {
  const next = r.text[r.pos + 1];
  if (next === "\n") {
    joinLines(r);
    return;
  }
  r.pos += 2;
  if (next === undefined) giveUp(r, "it ends in a backslash");
  b.bare = false;
  addPiece(b, { text: next ?? "", splits: false });
}

function readQuoted(r: Reader, b: WordBuilder, c: string, nested: Nested): void {
  b.bare = false;
  const end = r.text.indexOf("'", r.pos + 1);
  if (c === '"') {
    r.pos++;
    readDoubleQuotes(r, nested.list, nested.script, (piece) => addPiece(b, piece.splits ? RUN_TIME : piece));
  } else if (end === -1) giveUp(r, "a single quote does not end");
  else {
    addPiece(b, { text: r.text.slice(r.pos + 1, end), splits: false });
    r.pos = end + 1;
  }
}

/** `[` alone is the name of a command; every other glob gives words that begin as this one does. */
function readGlob(r: Reader, b: WordBuilder, c: string): void {
  const after = r.text[r.pos + 1] ?? " ";
  const alone = r.pos === b.start && (METACHARACTERS.includes(after) || r.text.startsWith("[[", r.pos));
  r.pos++;
  if (c === "[" && alone) {
    b.text += c;
    if (after === "[") {
      b.text += c;
      r.pos++;
    }
    return;
  }
  b.many = true;
  b.known = false;
}

/** Braces that every shell takes as text: `{}`, `@{u}`, `stash@{0}`. */
const TEXT_IN_BRACES = /\{(?![^{}]*\.\.)[\w.+@:-]*\}/y;

/** All other braces may make several words, with whatever is quoted or nested in them. */
function readBrace(r: Reader, b: WordBuilder, c: string): void {
  const text = matchAt(TEXT_IN_BRACES, r, r.pos);
  if (text !== null && b.braces === 0) {
    addPiece(b, { text, splits: false });
    r.pos += text.length;
    return;
  }
  b.braces += c === "{" ? 1 : -1;
  if (b.braces < 0) giveUp(r, "a brace closes inside a word");
  b.many = true;
  b.known = false;
  r.pos++;
}
