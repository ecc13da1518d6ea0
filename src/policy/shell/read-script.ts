import { readHeredocs } from "./heredoc.ts";
import { readHeader } from "./read-header.ts";
import { hasInvisible, type Nested, readWord } from "./read-word.ts";
import { atEnd, enter, giveUp, newReader, peek, type Reader, type ShellBlock, skipBlanks } from "./reader.ts";
import { readRedirect } from "./redirect.ts";
import { learn, learnLoop, NO_VARIABLES, namesSetOnce, type Variables } from "./variables.ts";
import type { Shell, SimpleCommand, Word } from "./word.ts";

/** The simple commands of a script, wherever they stand in it, or why it could not be read for sure. */
export type Script = { ok: true; commands: SimpleCommand[] } | { ok: false; problem: string };

/** Scripts that set more variables than this have none of them followed: each setting costs as much as there are values. */
const MAX_NAMES = 100;

/**
 * Reads a shell script into its simple commands. It does not check the grammar: all that matters is that no command is
 * missed, so structure (pipes, lists, groups, loops, conditions, substitutions) only separates commands here. Everything
 * that shells read differently or evaluate further makes the script unreadable: functions, `case`, arithmetic with names,
 * subscripts, extended globs, parentheses behind words, unusual expansions.
 */
export function readScript(text: string, shell: Shell): Script {
  if (hasInvisible(text)) return { ok: false, problem: "it contains characters that cannot be seen" };
  const first = read(text, shell, NO_VARIABLES);
  if (!first.ok || !text.includes("$")) return first;
  const names = namesSetOnce(first.commands);
  return names.size === 0 || names.size > MAX_NAMES
    ? first
    : read(text, shell, { trackable: names, values: new Map() });
}

function read(text: string, shell: Shell, variables: Variables): Script {
  const r = newReader(text, shell, variables);
  readWhole(r);
  return r.problem === null ? { ok: true, commands: r.commands } : { ok: false, problem: r.problem };
}

function readWhole(r: Reader): void {
  readList(r, null);
  if (r.heredocs.length > 0) giveUp(r, "a here-document has no body");
}

const NESTED: Nested = { list: readList, script: readWhole };

/** Keywords that begin a compound, and those that stand in one or end it, each with the compound that it belongs to. */
type Keywords = ReadonlyMap<string, ShellBlock["kind"]>;
const BEGINS: Keywords = new Map([
  ["if", "if"],
  ["while", "loop"],
  ["until", "loop"],
  ["{", "{"],
]);
const WITHIN: Keywords = new Map([
  ["then", "if"],
  ["elif", "if"],
  ["else", "if"],
  ["do", "loop"],
]);
const ENDS: Keywords = new Map([
  ["fi", "if"],
  ["done", "loop"],
  ["}", "{"],
]);
/** Keywords whose grammar is not read. */
const REFUSED = new Set([
  "case",
  "esac",
  "select",
  "function",
  "coproc",
  "repeat",
  "foreach",
  "always",
  "end",
  "nocorrect",
]);

interface Current {
  command: SimpleCommand;
  start: number;
}

function fresh(r: Reader, afterGroup = false): Current {
  return { command: { assignments: [], words: [], redirects: [], after_group: afterGroup, raw: "" }, start: r.pos };
}

function isEmpty(c: SimpleCommand): boolean {
  return c.words.length === 0 && c.assignments.length === 0 && c.redirects.length === 0;
}

/** Ends a command. `apart`: it runs in a shell of its own, as a part of a pipe or in the background. */
function endCommand(r: Reader, current: Current, apart = false): Current {
  const { command } = current;
  if (!isEmpty(command)) {
    command.raw = r.text.slice(current.start, r.pos).trim();
    r.commands.push(command);
    if (r.certain && !apart) learn(r.variables, command);
  }
  return fresh(r);
}

function openBlock(r: Reader, kind: ShellBlock["kind"]): void {
  r.blocks.push({ kind, values: r.variables.values, certain: r.certain });
  r.certain = true;
}

/** Goes on to the next part of a compound, or closes it. A condition always runs; what another branch sets does not count. */
function leaveBlock(r: Reader, keyword: string): void {
  const block = r.blocks.at(-1);
  const closes = ENDS.has(keyword);
  if (block === undefined || block.kind !== (closes ? ENDS : WITHIN).get(keyword)) {
    giveUp(r, `\`${keyword}\` stands alone`);
    return;
  }
  if (closes) r.blocks.pop();
  if (keyword !== "then" && keyword !== "do") r.variables.values = block.values;
  r.certain = closes ? block.certain : true;
}

/** Reads commands up to `close`, or to the end of the text when it is null. What they set is forgotten behind it. */
function readList(r: Reader, close: ")" | null): void {
  const { blocks, certain } = r;
  const { values } = r.variables;
  r.blocks = [];
  r.certain = true;
  readCommands(r, close);
  if (r.blocks.length > 0) giveUp(r, "a compound command does not end");
  r.blocks = blocks;
  r.certain = certain;
  r.variables.values = values;
}

function readCommands(r: Reader, close: ")" | null): void {
  let current = fresh(r);
  while (!atEnd(r)) {
    skipBlanks(r);
    if (isEmpty(current.command)) current.start = r.pos;
    if (atEnd(r)) break;
    const c = peek(r);
    if (c === ")") {
      if (close === null) {
        giveUp(r, "a parenthesis closes that was not opened");
        return;
      }
      if (r.heredocs.length > 0) {
        giveUp(r, "a here-document has no body");
        return;
      }
      endCommand(r, current);
      r.pos++;
      return;
    }
    current = readNext(r, current, c);
  }
  if (close !== null) giveUp(r, "a parenthesis does not close");
  endCommand(r, current);
}

function readNext(r: Reader, current: Current, c: string): Current {
  if (c === "\n") {
    // Behind `&&` the list goes on in the next line.
    const ends = !isEmpty(current.command) || current.command.after_group;
    const next = endCommand(r, current);
    if (ends) r.certain = true;
    r.pos++;
    readHeredocs(r, readList);
    return next;
  }
  if (c === "#") {
    const end = r.text.indexOf("\n", r.pos);
    const comment = r.text.slice(r.pos, end === -1 ? undefined : end);
    // Some shells look for the end of a substitution without knowing of comments.
    if (r.depth > 0 && /[()'"`$\\]/.test(comment)) giveUp(r, "a comment in a substitution has quotes or parentheses");
    r.pos += comment.length;
    return current;
  }
  if (c === "(") return readSubshell(r, current);
  if ((c === "{" || c === "}") && / |\t|\n|[;&|<>()]|^$/.test(r.text[r.pos + 1] ?? ""))
    return readLoneBrace(r, current, c);
  if (readRedirect(r, current.command, NESTED)) return current;
  if (c === ";" || c === "&" || c === "|") return readSeparator(r, current);
  return readCommandWord(r, current);
}

function readSeparator(r: Reader, current: Current): Current {
  const op = ["&&", "||", "|&", ";;", ";&", ";|"].find((o) => r.text.startsWith(o, r.pos)) ?? peek(r);
  const next = endCommand(r, current, op === "|" || op === "|&" || op === "&");
  if (op.startsWith(";") && op !== ";") giveUp(r, "it uses `case`");
  r.pos += op.length;
  r.certain = op === ";" || op === "&";
  next.start = r.pos;
  return next;
}

function readSubshell(r: Reader, current: Current): Current {
  if (!isEmpty(current.command) || current.command.after_group) giveUp(r, "a parenthesis stands behind a word");
  if (peek(r, 2) === "((") giveUp(r, "it starts with `((`, which is arithmetic in some shells and commands in others");
  if (!enter(r)) return current;
  r.pos++;
  readList(r, ")");
  r.depth--;
  return fresh(r, true);
}

/** The braces of a group. zsh takes a closing one anywhere, so among arguments neither is read. */
function readLoneBrace(r: Reader, current: Current, c: string): Current {
  if (!isEmpty(current.command)) giveUp(r, "a brace stands among the arguments");
  if (c === "{") openBlock(r, "{");
  else leaveBlock(r, c);
  r.pos++;
  return fresh(r, c === "}");
}

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=/;

function readCommandWord(r: Reader, current: Current): Current {
  const start = r.pos;
  const word = readWord(r, NESTED);
  const { command } = current;
  if (command.words.length > 0) {
    command.words.push(word);
    return current;
  }
  if (isEmpty(command) && word.bare && word.text !== null) {
    const next = readKeyword(r, current, word.text);
    if (next !== null) return next;
  }
  const name = ASSIGNMENT.exec(word.raw)?.[1];
  if (name === undefined) command.words.push(word);
  else command.assignments.push({ name, value: valueAfter(r, word, name, start) });
  return current;
}

function readKeyword(r: Reader, current: Current, text: string): Current | null {
  if (REFUSED.has(text)) {
    giveUp(r, `it uses \`${text}\``);
    return current;
  }
  if (text === "!") return fresh(r);
  const begins = BEGINS.get(text);
  if (begins !== undefined) openBlock(r, begins);
  else if (WITHIN.has(text) || ENDS.has(text)) leaveBlock(r, text);
  else if (text === "for" || text === "[[") return readWithHeader(r, text, current.start);
  else return null;
  return fresh(r, ENDS.has(text));
}

function readWithHeader(r: Reader, keyword: "for" | "[[", start: number): Current {
  const command = readHeader(r, keyword, NESTED);
  const next = endCommand(r, { command, start });
  if (keyword === "for") {
    openBlock(r, "loop");
    learnLoop(r.variables, command.words);
  }
  return next;
}

/** The value of an assignment, read again behind the `=`: it does not split into words, and braces are text there. */
function valueAfter(r: Reader, word: Word, name: string, start: number): Word {
  // zsh looks for names behind `=` at the start of a value and behind each colon in it, quotes or not.
  if (r.shell === "zsh" && /(?:^|[:'"])=/.test(word.raw.slice(name.length + 1))) giveUp(r, "`=` in front of a name");
  if (word.text !== null) {
    const text = word.text.slice(name.length + 1);
    return { ...word, text, prefix: text, plain: !text.startsWith("-"), raw: word.raw.slice(name.length + 1) };
  }
  const prefix = word.prefix.slice(name.length + 1);
  const plain = prefix !== "" && !prefix.startsWith("-");
  return { ...word, many: false, prefix, plain, raw: r.text.slice(start + name.length + 1, r.pos) };
}
