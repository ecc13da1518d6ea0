import { readNested } from "./expansion.ts";
import { addHeredoc } from "./heredoc.ts";
import { type Nested, readWord } from "./read-word.ts";
import { atEnd, giveUp, peek, type Reader, skipBlanks } from "./reader.ts";
import { anyWords, type Redirect, type SimpleCommand } from "./word.ts";

const REDIRECT = /(\d*)(&>>|&>|>>|>\||>&|<<<|<<-|<<|<&|<>|>|<)/y;

/** A plain sh takes `&>` for `&` and a redirection: what follows is another command there. */
const NOT_IN_SH = new Set(["&>", "&>>", "<<<"]);

/** Reads a redirection or a process substitution at the position; false when none stands there. */
export function readRedirect(r: Reader, command: SimpleCommand, nested: Nested): boolean {
  REDIRECT.lastIndex = r.pos;
  const m = REDIRECT.exec(r.text);
  if (m === null) return false;
  const [whole, digits = "", op = ""] = m;
  const substitution = digits === "" && (op === "<" || op === ">") && r.text[r.pos + 1] === "(";
  const before = r.text[r.pos - 1] ?? " ";
  if (before === "}") giveUp(r, "a redirection behind a brace may set a variable");
  if (substitution && !" \t\n;&|(".includes(before)) giveUp(r, "text stands directly before a process substitution");
  if (r.shell === "sh" && (substitution || NOT_IN_SH.has(op))) giveUp(r, `not every sh knows \`${op}\``);
  if (substitution) {
    const start = r.pos;
    r.pos += 2;
    readNested(r, nested.list);
    const raw = r.text.slice(start, r.pos);
    command.words.push({ ...anyWords(raw), prefix: "/", plain: true, many: false });
    if (!atEnd(r) && !" \t\n;&|)".includes(peek(r))) giveUp(r, "text stands directly behind a process substitution");
    return true;
  }
  r.pos += whole.length;
  skipBlanks(r);
  const target = readWord(r, nested);
  if (target.raw === "") giveUp(r, "a redirection has no target");
  command.redirects.push({ op: op as Redirect["op"], fd: digits === "" ? null : Number(digits), target });
  if (op === "<<" || op === "<<-") addHeredoc(r, target, op === "<<-");
  return true;
}
