// Takes a command line apart when it is plain: words, `&&`, `;`, `|` and line ends. What a shell would compute first
// (variables, substitutions, redirections to files) makes it not plain, because then the words are not known.

/** Whether a command runs after another one or is fed by it makes no difference here. */
export type PlainCommand = string[];

const SHELL = /^(?:\/(?:usr\/)?bin\/)?(?:ba|z|da|k)?sh$/;
const SHELL_FLAG = /^-[a-z]*c$/;

/** The commands of an argv, which may be a shell with a script; null when it is not plain. */
export function plainCommands(argv: string[]): PlainCommand[] | null {
  const [program = "", flag = "", script] = argv;
  if (!SHELL.test(program)) return argv.length > 0 ? [argv] : null;
  return argv.length === 3 && SHELL_FLAG.test(flag) && script !== undefined ? splitScript(script) : null;
}

/** Redirections that write no file. */
const HARMLESS = /^(?:2>&1|&?[12]?>{1,2} ?\/dev\/null)(?=[\s;|&]|$)/;
const SEPARATOR = /^(?:&&|\|\|?|;|\n)/;
/** The way models write a message of several lines; the quoted end word makes all of it literal. */
const LITERAL_DOCUMENT = /^\$\(cat <<-?\s*(?:'(\w+)'|"(\w+)")\n([\s\S]*?)\n\s*(?:\1|\2)\s*\n?\s*\)/;
/** Characters that a shell would act on outside quotes. */
const ACTIVE = /[$`()<>&#]/;

/** The commands of a shell script; null when it is not plain. */
export function splitScript(script: string): PlainCommand[] | null {
  const commands: PlainCommand[] = [];
  let words: string[] = [];
  let rest = script.trim();
  while (rest !== "") {
    const blank = rest.match(/^(?:[ \t]|\\\n)+/);
    const separator = rest.match(SEPARATOR);
    const harmless = rest.match(HARMLESS);
    const skipped = blank ?? harmless ?? separator;
    if (skipped) {
      if (separator && !harmless && words.length > 0) commands.push(words);
      if (separator && !harmless) words = [];
      rest = rest.slice(skipped[0].length);
      continue;
    }
    const word = readWord(rest);
    // Nothing was read: a white space that is none to a shell (a carriage return) belongs to its words.
    if (word === null || word.length === 0) return null;
    words.push(word.text);
    rest = rest.slice(word.length);
  }
  return words.length > 0 ? [...commands, words] : commands;
}

interface Word {
  text: string;
  /** Characters of the script that it took. */
  length: number;
}

function readWord(script: string): Word | null {
  let text = "";
  let bare = "";
  let at = 0;
  while (at < script.length && !/[\s;|]/.test(script[at] ?? "")) {
    const rest = script.slice(at);
    if (rest.startsWith("&&")) break;
    const part = readPart(rest);
    if (part === null) return null;
    text += part.text;
    bare += /["'\\]/.test(rest[0] ?? "") ? "_" : part.text;
    at += part.length;
  }
  return hasBraces(bare) ? null : { text, length: at };
}

/** True when a shell makes several words of it: a comma or two dots within braces, as in `{a,b}` but not in `stash@{0}`. */
function hasBraces(bare: string): boolean {
  let depth = 0;
  for (const [part] of bare.matchAll(/[{},]|\.\./g)) {
    if (part === "{") depth++;
    else if (part === "}") depth = Math.max(0, depth - 1);
    else if (depth > 0) return true;
  }
  return false;
}

function readPart(rest: string): Word | null {
  const first = rest[0] ?? "";
  if (first === "'") {
    const end = rest.indexOf("'", 1);
    return end < 0 ? null : { text: rest.slice(1, end), length: end + 1 };
  }
  if (first === '"') return readDoubleQuoted(rest);
  if (first === "\\") return rest.length < 2 ? null : { text: rest[1] === "\n" ? "" : (rest[1] ?? ""), length: 2 };
  return ACTIVE.test(first) ? null : { text: first, length: 1 };
}

function readDoubleQuoted(rest: string): Word | null {
  let text = "";
  let at = 1;
  while (at < rest.length) {
    const char = rest[at] ?? "";
    if (char === '"') return { text, length: at + 1 };
    const document = char === "$" ? rest.slice(at).match(LITERAL_DOCUMENT) : null;
    if (document) {
      text += document[3] ?? "";
      at += document[0].length;
    } else if (char === "$" || char === "`") {
      return null;
    } else if (char === "\\" && /[$`"\\\n]/.test(rest[at + 1] ?? "")) {
      text += rest[at + 1] === "\n" ? "" : rest[at + 1];
      at += 2;
    } else {
      text += char;
      at++;
    }
  }
  return null;
}
