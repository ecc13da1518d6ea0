import cac, { type CAC } from "cac";
import { nearest } from "../base/index.ts";
import type { Flags } from "./contract.ts";
import type { CommandSpec, FlagSpec } from "./spec.ts";
import { VERBS } from "./verbs.ts";

/** What the command line says, with every value exactly as it was typed. */
export type ParsedLine =
  | { ok: true; command: CommandSpec | null; args: string[]; rest: string[]; flags: Flags }
  | { ok: false; message: string; command: CommandSpec | null };

/**
 * cac finds the command and assigns flags, but it turns `--model 0123` into the number 123 and `--no-x` into `x: false`.
 * So each value is replaced by a placeholder before it sees the line, and each flag by a neutral name; both are put back
 * afterwards.
 */
export function parseLine(argv: string[], commands: CommandSpec[], fallback: CommandSpec | null): ParsedLine {
  const marked = argv.indexOf("--");
  const before = marked === -1 ? argv : argv.slice(0, marked);
  const command = findCommand(before, commands);
  const unmarked = command?.spec.command_behind === undefined ? -1 : commandAt(before, command);
  const own = unmarked === -1 ? before : argv.slice(0, unmarked);
  const rest = unmarked !== -1 ? argv.slice(unmarked) : marked === -1 ? [] : argv.slice(marked + 1);
  const spec = command?.spec ?? fallback;
  const words = command ? (VERBS[command.spec.name] ?? []) : commands.filter(({ hidden }) => !hidden);
  const begin = command ? `moat ${command.spec.name}` : "moat";
  const meant = new Map(words.map(({ name }) => [`--${name}`, `${begin} ${name}`]));
  const flags = spec?.flags() ?? [];
  const encoded = encode(command ? without(own, command.word) : own, flags, meant);
  if (!encoded.ok) return { ok: false, message: encoded.message, command: spec };
  const cli = router(command?.spec ?? null, fallback, flags, encoded.argv);
  cli.parse(["", "moat", ...(command ? [command.spec.name] : []), ...encoded.argv], { run: false });
  const args = cli.args.map((arg) => encoded.values[Number(arg.slice(1))] ?? arg);
  return {
    ok: true,
    command: command?.spec ?? null,
    args,
    rest,
    flags: decodeFlags(cli.options, flags, encoded.values),
  };
}

/** The command that the first word names. */
function findCommand(argv: string[], commands: CommandSpec[]): { spec: CommandSpec; word: number } | null {
  const at = firstWord(argv, commands);
  const spec = commands.find(({ name, aliases }) => name === argv[at] || aliases?.includes(argv[at] ?? ""));
  return spec ? { spec, word: at } : null;
}

/** Where the command begins that stands behind the command's own word; -1: nowhere. */
function commandAt(argv: string[], { spec, word }: { spec: CommandSpec; word: number }): number {
  const next = (from: number) => {
    const at = firstWord(argv.slice(from), [spec]);
    return at === -1 ? -1 : from + at;
  };
  const own = next(word + 1);
  return own === -1 || argv[own] !== spec.command_behind ? -1 : next(own + 1);
}

/** Where the first word stands that is no flag and no flag's value; -1 when there is none before `--`. */
export function firstWord(argv: string[], commands: CommandSpec[]): number {
  for (let at = 0; at < argv.length && argv[at] !== "--"; at++) {
    const word = argv[at] ?? "";
    if (!isFlag(word)) return at;
    const flags = commands.flatMap((command) => command.flags());
    const known = findFlag(word.split("=")[0] ?? "", flags);
    if (known?.value && !word.includes("=") && !attachedValue(word, known)) at++;
  }
  return -1;
}

const without = (argv: string[], at: number) => [...argv.slice(0, at), ...argv.slice(at + 1)];

/** A diff that is given as a prompt begins with three dashes; no flag does. */
const isFlag = (word: string) => word.startsWith("-") && word !== "-" && !word.startsWith("---");

function findFlag(word: string, flags: FlagSpec[]): FlagSpec | undefined {
  if (word.startsWith("--")) {
    const name = word.slice(2);
    return flags.find((flag) => flag.name === name || flag.aliases?.includes(name));
  }
  const short = word[1];
  return flags.find((flag) => flag.short !== undefined && flag.short === short);
}

/** The value in `-mMODEL`, which is written without a space. */
function attachedValue(word: string, flag: FlagSpec): string | null {
  if (word.startsWith("--") || flag.value === undefined || word.length <= 2) return null;
  return word[2] === "=" ? word.slice(3) : word.slice(2);
}

type Encoded = { ok: true; argv: string[]; values: string[] } | { ok: false; message: string };

/** @param meant what is a command or a word behind one, by how it looks as a flag */
function encode(argv: string[], flags: FlagSpec[], meant: ReadonlyMap<string, string>): Encoded {
  const values: string[] = [];
  const hold = (value: string) => `@${values.push(value) - 1}`;
  const out: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? "";
    if (!isFlag(word)) {
      out.push(hold(word));
      continue;
    }
    const equals = word.startsWith("--") ? word.indexOf("=") : -1;
    const flag = findFlag(equals === -1 ? word : word.slice(0, equals), flags);
    if (!flag) return { ok: false, message: unknownFlag(equals === -1 ? word : word.slice(0, equals), flags, meant) };
    const key = `--f${flags.indexOf(flag)}`;
    if (flag.value === undefined) {
      if (equals !== -1) return { ok: false, message: `--${flag.name} takes no value` };
      if (!word.startsWith("--") && word.length > 2) argv = expandShort(argv, at);
      out.push(key);
      continue;
    }
    const value = equals === -1 ? attachedValue(word, flag) : word.slice(equals + 1);
    const next = value ?? argv[++at];
    if (next === undefined) return { ok: false, message: `--${flag.name} needs a value: --${flag.name} ${flag.value}` };
    out.push(`${key}=${hold(next)}`);
  }
  return { ok: true, argv: out, values };
}

/** `-vvm x` is `-v -v -m x`: the flags after the first become words of their own. */
function expandShort(argv: string[], at: number): string[] {
  const word = argv[at] ?? "";
  return [...argv.slice(0, at), word.slice(0, 2), `-${word.slice(2)}`, ...argv.slice(at + 1)];
}

function unknownFlag(word: string, flags: FlagSpec[], meant: ReadonlyMap<string, string>): string {
  const names = flags
    .filter((flag) => !flag.hidden)
    .flatMap((flag) => [`--${flag.name}`, ...(flag.aliases ?? []).map((a) => `--${a}`)]);
  const near = meant.get(word) ?? nearest(word, names);
  return `unknown flag ${word}${near ? `; did you mean ${near}?` : ""}`;
}

/**
 * It knows only what the line names: to tell it of every command and flag would take longer than all else at start.
 * @param argv an encoded line: each of its flags is `--f` and its place in the list
 */
function router(named: CommandSpec | null, fallback: CommandSpec | null, flags: FlagSpec[], argv: string[]): CAC {
  const cli = cac("moat");
  const spec = named ?? fallback;
  if (spec === null) return cli;
  const command = cli.command(named === null ? "[...args]" : `${named.name} [...args]`, spec.summary);
  for (const key of new Set(argv.filter(isFlag).map((word) => word.split("=")[0] ?? ""))) {
    const flag = flags[Number(key.slice("--f".length))];
    if (flag) command.option(flag.value === undefined ? key : `${key} <value>`, flag.help);
  }
  return cli;
}

function decodeFlags(options: Record<string, unknown>, known: FlagSpec[], values: string[]): Flags {
  const flags: Flags = {};
  for (const [index, flag] of known.entries()) {
    const given = options[`f${index}`];
    if (given === undefined) continue;
    const all = [given].flat();
    if (flag.value === undefined) flags[flag.name] = flag.repeat ? all.map(() => "") : true;
    else {
      const raw = all.map((held) => values[Number(String(held).slice(1))] ?? "");
      flags[flag.name] = flag.repeat ? raw : (raw.at(-1) ?? "");
    }
  }
  return flags;
}
