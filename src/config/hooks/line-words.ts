// The words of a shell line, roughly: enough to find the files that it names. Nothing is computed.

/** A word of a line, without its quotes. */
export interface LineWord {
  text: string;
  /** What was in quotes, in case it is a line itself (`sh -c "…"`). */
  quoted: boolean;
  /** `command`: it is started; `output`: a file that is written; `operand`: the rest. */
  role: "command" | "operand" | "output";
  /** It goes on where something computed ends (`$(…)/check.sh`), so that its beginning is not known. */
  tail: boolean;
}

const TOKEN = /((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|\$\{[^}]*\}|[^\s;|&()<>"'`\\])+)|([;|&()<>`\n])/gs;
/** Behind these a command begins. */
const KEYWORDS = new Set([
  "then",
  "do",
  "else",
  "elif",
  "if",
  "while",
  "until",
  "!",
  "{",
  "exec",
  "command",
  "time",
  "nohup",
  "env",
  "sudo",
]);
const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/** Takes a line apart. */
export function lineWords(line: string): LineWord[] {
  const words: LineWord[] = [];
  let role: LineWord["role"] = "command";
  for (const { 1: word, 2: mark, index } of line.matchAll(TOKEN)) {
    if (word === undefined) {
      role = mark === ">" ? "output" : mark === "<" ? "operand" : "command";
      continue;
    }
    const text = word.replace(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/gs,
      (_, double, single, escaped) => (double?.replace(/\\(["\\$`])/g, "$1") ?? single ?? escaped) as string,
    );
    words.push({ text, quoted: /^["']/.test(word), role, tail: /[)`]/.test(line[index - 1] ?? "") });
    const goes_on = role === "command" && (KEYWORDS.has(text) || ASSIGNMENT.test(word));
    role = role === "command" && goes_on ? "command" : "operand";
  }
  return words;
}
