/** The shells that moat itself starts a command line in: the first that is there. */
export const OWN_SHELLS = ["/bin/bash", "/bin/sh"] as const;

type Form = "bare" | "single" | "double";

/** What may stand in each form, as the Codex CLI quotes (seen of 0.169.0, word by word): no form needs an escape but `"` and `\\`. */
const ALLOWED: Record<Form, RegExp> = {
  bare: /[A-Za-z0-9_@+:\]./-]/,
  single: /[^'^\\]/,
  double: /[^`$!^]/,
};

/**
 * One word, quoted for a POSIX shell where it needs to be, to the letter as the Codex CLI quotes it: in as few pieces as possible,
 * each in the plainest form that holds all of it.
 */
export function quoteWord(word: string): string {
  if (word === "") return "''";
  let quoted = "";
  for (let at = 0; at < word.length; ) {
    const { end, form } = piece(word, at);
    const text = word.slice(at, end);
    quoted += form === "bare" ? text : form === "single" ? `'${text}'` : `"${text.replace(/["\\]/g, "\\$&")}"`;
    at = end;
  }
  return quoted;
}

/** The longest piece from `at` on that one form can hold. `^` is held by single quotes alone, right behind the opening one. */
function piece(word: string, at: number): { end: number; form: Form } {
  let forms: Form[] = word[at] === "^" ? ["single"] : ["bare", "single", "double"];
  let end = word[at] === "^" ? at + 1 : at;
  for (; end < word.length; end++) {
    const left = forms.filter((form) => ALLOWED[form].test(word[end] ?? ""));
    if (left.length === 0) break;
    forms = left;
  }
  return { end, form: forms[0] ?? "single" };
}

/** The word that `quoteWord` wrote; null for what it would not have written. */
function unquoted(text: string): string | null {
  const parts = text.match(/'[^']*'|"(?:[^"\\]|\\[\s\S])*"|[^'"\s]+/g) ?? [];
  const word = parts
    .map((part) =>
      part.startsWith("'")
        ? part.slice(1, -1)
        : part.startsWith('"')
          ? part.slice(1, -1).replace(/\\([\s\S])/g, "$1")
          : part,
    )
    .join("");
  return quoteWord(word) === text ? word : null;
}

/** Words as one shell line. */
export function quoteWords(argv: readonly string[]): string {
  return argv.map(quoteWord).join(" ");
}

/** Says of a program whether it is the shell that it seems to be. */
type ShellTest = (program: string) => boolean;

const isOwnShell: ShellTest = (program) => OWN_SHELLS.some((shell) => shell === program);

/** A shell of the system, or the name of one, as models that give whole argument lists write it. */
export const isSystemShell: ShellTest = (program) => /^(?:\/(?:usr\/)?bin\/)?(?:ba|z)?sh$/.test(program);

/**
 * The script of `/bin/bash -lc SCRIPT`: what a person wants to read of a command that moat put into its own shell. null for
 * every other command, of which nothing may be left out: another program of that name would run something else.
 */
export function scriptIn(argv: readonly string[], isShell: ShellTest = isOwnShell): string | null {
  const [program = "", flag = "", script, ...more] = argv;
  return more.length === 0 && script !== undefined && isShell(program) && /^-l?c$/.test(flag) ? script : null;
}

/** The same of a line as `quoteWords` writes it. */
export function scriptOf(command: string, isShell: ShellTest = isOwnShell): string | null {
  const [, program = "", flag = "", word = ""] = command.match(/^(\S+) (\S+) ([\s\S]+)$/) ?? [];
  const script = unquoted(word);
  return script === null ? null : scriptIn([program, flag, script], isShell);
}
