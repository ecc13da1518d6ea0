import { nearest, span, USAGE } from "../base/index.ts";
import type { Host } from "./contract.ts";
import { absent } from "./elsewhere.ts";
import { commandHelp, overview } from "./help.ts";
import { firstWord, type ParsedLine, parseLine } from "./parse.ts";
import type { CommandSpec } from "./spec.ts";
import { app, commands as every } from "./table.ts";

/** Runs what the command line asks for. Resolves to the exit code. */
export async function runCli(argv: string[], host: Host, commands: CommandSpec[] = every): Promise<number> {
  const exit = await dispatch(argv, host, commands);
  for (const close of host.closing.splice(0)) await close();
  return exit;
}

async function dispatch(argv: string[], host: Host, commands: CommandSpec[]): Promise<number> {
  if (argv[0] === "help") return help(argv[1], host, commands);
  const word = argv[firstWord(argv, [...commands, app])] ?? "";
  const missing = whyMissing(word);
  if (missing !== null) return usageError(missing, "moat --help", host);
  const parsed = parseLine(argv, commands, app);
  if (!parsed.ok) return usageError(parsed.message, helpFor(parsed.command), host);
  const { command, args, rest, flags } = parsed;
  if (command === null) return runApp(parsed, host, commands);
  if (flags.help) {
    host.stdout(commandHelp(command));
    return 0;
  }
  const extra = command.no_words === undefined ? undefined : [...args, ...rest][0];
  if (extra !== undefined) return usageError(`${command.no_words} (${extra})`, helpFor(command), host);
  const loaded = span("imports", command.name);
  const { run } = await command.load();
  loaded();
  return run({ args, rest, flags, host });
}

/** No command was named: flags and maybe a prompt for the conversation. */
async function runApp(parsed: ParsedLine & { ok: true }, host: Host, commands: CommandSpec[]): Promise<number> {
  const { args, rest, flags } = parsed;
  if (flags.help) return help(undefined, host, commands);
  if (flags.version) {
    const [extra] = [...args, ...rest];
    if (extra !== undefined) return usageError(`--version takes no words (${extra})`, "moat --help", host);
    host.stdout(`moat ${host.version}\n`);
    return 0;
  }
  const [word] = args;
  const wrong = word === undefined ? null : mistaken(word, host, commands);
  if (wrong !== null) return usageError(wrong, "moat --help", host);
  if (typeof flags.view === "string") return (await import("./threads/read.ts")).view(flags.view, host);
  if (!host.stdin_is_tty || !host.stdout_is_tty) {
    host.stderr(
      'moat: there is no terminal here; say what to do: moat exec "explain this project". `moat --help` lists every command.\n',
    );
    return USAGE;
  }
  const loaded = span("imports", app.name);
  const { run } = await app.load();
  loaded();
  return run({ args, rest, flags, host });
}

/** A single word may be a mistyped command; off a terminal it can be nothing else. */
function mistaken(word: string, host: Host, commands: CommandSpec[]): string | null {
  if (/\s/.test(word)) return null;
  const names = commands.filter(({ hidden }) => !hidden).map(({ name }) => name);
  const near = nearest(word, [...names, "help"]);
  if (near === null && host.stdin_is_tty && host.stdout_is_tty) return null;
  return `unknown command ${word}${near ? `; did you mean ${near}?` : ""}`;
}

/** Why a command that people know from elsewhere is not there. */
function whyMissing(word: string): string | null {
  if (Object.hasOwn(absent, word)) return `${word} is not part of moat: ${absent[word]}`;
  return null;
}

function helpFor(command: CommandSpec | null): string {
  return command === null || command === app ? "moat --help" : `moat help ${command.name}`;
}

function usageError(message: string, see: string, host: Host): number {
  host.stderr(`moat: ${message}\nSee: ${see}\n`);
  return USAGE;
}

function help(name: string | undefined, host: Host, commands: CommandSpec[]): number {
  if (name === undefined || name === "help") {
    host.stdout(overview(commands, host.version));
    return 0;
  }
  const command = commands.find((spec) => spec.name === name || spec.aliases?.includes(name));
  if (command) {
    host.stdout(commandHelp(command));
    return 0;
  }
  const near = nearest(name, [...commands.map((spec) => spec.name), "help"]);
  const message = whyMissing(name) ?? `unknown command ${name}${near ? `; did you mean ${near}?` : ""}`;
  return usageError(message, "moat --help", host);
}
