/** The shells that moat itself starts a command line in: the first that is there. */
export const OWN_SHELLS = ["/bin/bash", "/bin/sh"] as const;

/** One word, quoted for a POSIX shell where it needs to be. */
export function quoteWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'"'"'`)}'`;
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
  const script = word.startsWith("'") ? word.slice(1, -1).replaceAll(`'"'"'`, "'") : word;
  return quoteWord(script) === word ? scriptIn([program, flag, script], isShell) : null;
}
