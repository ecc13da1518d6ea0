import type { ProfileVariable } from "../../sandbox/index.ts";
import type { Dialect, Difference, LoginState, ShellState } from "./contract.ts";

/** What a dump says, by kind; null: it did not come to its end. */
export function parseDump({ named }: Pick<Dialect, "named">, text: string): ShellState | null {
  const state = new Map<string, Map<string, string>>();
  for (const record of text.split("\0")) {
    const line = record.indexOf("\n");
    const [, kind, name] = /^(\w+) (.*)$/.exec(record.slice(0, Math.max(line, 0))) ?? [];
    if (kind === undefined || name === undefined) continue;
    const known = state.get(kind) ?? new Map<string, string>();
    state.set(kind, known.set(name, record.slice(line + 1).replace(/\n$/, "")));
  }
  return state.has("end") ? named(state) : null;
}

/** What goes with a shell wherever it is: where it is, and how deep. */
const OF_THE_MOMENT = new Set(["PWD", "OLDPWD", "SHLVL", "_", "SHELLOPTS", "BASHOPTS"]);

/** What may be kept of a variable: see `profileVariables`. */
type Judge = (name: string, value: string) => ProfileVariable;

/** A function that zsh reads as it printed it is printed with other blanks. */
const same = (kind: string, one: string | undefined, other: string) =>
  one === other || (kind === "function" && one?.replace(/\s+/g, "") === other.replace(/\s+/g, ""));

/** Two states, as `Dialect.script` goes by them: without what belongs to the shell, and variables that may not be kept. */
export function differenceOf(dialect: Dialect, before: ShellState, now: ShellState, judge: Judge): Difference {
  const entries = (state: ShellState, kind: string) => [...(state.get(kind) ?? [])];
  const kept = (kind: string, name: string, text: string) =>
    kind !== "variable" || !(dialect.owns(name) || OF_THE_MOMENT.has(name) || judge(name, text) === "drop");
  return {
    now,
    before,
    changed: (kind) =>
      entries(now, kind)
        .filter(([name, text]) => !same(kind, before.get(kind)?.get(name), text) && kept(kind, name, text))
        .map(([, text]) => text),
    gone: (kind) =>
      entries(before, kind)
        .filter(([name, text]) => now.get(kind)?.has(name) !== true && kept(kind, name, text))
        .map(([name]) => name),
  };
}

/**
 * What the profile changes, as it is laid under commands.
 * @param given the environment has the variable that names a file for the shell to read first
 */
export function loginState(
  dialect: Dialect,
  before: ShellState,
  now: ShellState,
  judge: Judge,
  given: boolean,
): LoginState {
  const exported = (state: ShellState) => state.get("exported") ?? new Map<string, string>();
  const [old, fresh] = [exported(before), exported(now)];
  const own = (name: string) => OF_THE_MOMENT.has(name) || name === dialect.variable;
  const news = [...fresh].filter(([name, value]) => old.get(name) !== value && !own(name));
  const as = (wanted: ProfileVariable) => news.filter(([name, value]) => judge(name, value) === wanted);
  const statements = [
    ...as("shell").map(([name, value]) => `export ${name}=${quoteText(value)}`),
    ...dialect.script(differenceOf(dialect, before, now, judge)),
  ];
  const variable = fresh.get(dialect.variable);
  const restored = variable ? `export ${dialect.variable}=${quoteText(variable)}` : `unset ${dialect.variable}`;
  const needed = statements.length > 0 || Boolean(variable) || given || dialect.always;
  return {
    set: Object.fromEntries(as("keep")),
    dropped: as("drop").map(([name]) => name),
    unset: [...old.keys()].filter((name) => !fresh.has(name) && !own(name)),
    script: needed ? [restored, ...statements, ""].join("\n") : "",
  };
}

/** A text as one word of any shell. */
const quoteText = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** The environment of a command with what the profile makes of it, and with the file that its shell is to read first. */
export function laid(
  base: Record<string, string>,
  dialect: Dialect,
  { set, unset }: LoginState,
  file: string | null,
): Record<string, string> {
  const env = { ...base, ...set, ...(file === null ? {} : dialect.reads(file)) };
  for (const name of unset) delete env[name];
  return env;
}

/** What a shell that was made like another one lacks of it, as the first statement that would mend it; null: nothing. */
export function lacks(dialect: Dialect, wanted: ShellState, found: ShellState, judge: Judge): string | null {
  return dialect.script(differenceOf(dialect, found, wanted, judge))[0] ?? null;
}
