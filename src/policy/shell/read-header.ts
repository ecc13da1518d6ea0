import { type Nested, readWord } from "./read-word.ts";
import { atEnd, giveUp, peek, type Reader, skipBlanks } from "./reader.ts";
import { literal, type SimpleCommand, type Word } from "./word.ts";

/**
 * Reads what follows `for` or `[[` (already read) and returns it as a command of that name: `for NAME WORD…` up to the end
 * of its word list, `[[ …` up to `]]`.
 */
export function readHeader(r: Reader, keyword: "for" | "[[", nested: Nested): SimpleCommand {
  const words = [literal(keyword), ...(keyword === "for" ? readFor(r, nested) : readCondition(r, nested))];
  return { assignments: [], words, redirects: [], after_group: false, raw: "" };
}

function readFor(r: Reader, nested: Nested): Word[] {
  const words: Word[] = [];
  for (;;) {
    skipBlanks(r);
    const c = peek(r);
    if (atEnd(r) || c === "\n" || c === ";") break;
    if ("&|<>()#".includes(c)) {
      giveUp(r, "a `for` with an unusual head");
      break;
    }
    words.push(readWord(r, nested));
    if (words.length === 2 && words[1]?.raw === "do") {
      giveUp(r, "a `for` over the arguments");
      break;
    }
  }
  const [name, keyword, ...values] = words;
  if (name === undefined || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name.raw)) giveUp(r, "a `for` without a plain name");
  if (keyword !== undefined && keyword.raw !== "in") giveUp(r, "a `for` without `in`");
  return name === undefined ? [] : [name, ...values];
}

function readCondition(r: Reader, nested: Nested): Word[] {
  // A plain sh knows no `[[`: it would run it as a program and take what follows `&&` inside as another command.
  if (r.shell === "sh") giveUp(r, "`[[` is not known to every sh");
  const words: Word[] = [];
  while (!atEnd(r)) {
    skipBlanks(r);
    const c = peek(r);
    if (r.text.startsWith("&&", r.pos) || r.text.startsWith("||", r.pos)) {
      words.push(literal(peek(r, 2)));
      r.pos += 2;
    } else if (c === "\n") r.pos++;
    else if ("&|<>();".includes(c)) giveUp(r, "`[[` with operators that are not read");
    else {
      const word = readWord(r, nested);
      words.push(word);
      if (word.raw === "]]") return words;
    }
  }
  giveUp(r, "`[[` does not end");
  return words;
}
