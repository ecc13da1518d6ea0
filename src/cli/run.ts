import type { Host } from "./contract.ts";
import { commandHelp, overview } from "./help.ts";
import { nearest, parseLine } from "./parse.ts";
import { absent, commands } from "./table.ts";

/** Exit code of a command line that cannot be understood. */
const USAGE = 2;

/** Runs what the command line asks for. Resolves to the exit code. */
export async function runCli(argv: string[], host: Host): Promise<number> {
  const [first, ...others] = argv;
  if (first === undefined) return hint(host);
  if (first === "help") return help(others[0], host);
  const parsed = parseLine(argv, commands, null);
  if (!parsed.ok && parsed.command) return usageError(`${parsed.message}`, `moat help ${parsed.command.name}`, host);
  if (first === "--help" || first === "-h") return help(undefined, host);
  if (!parsed.ok || !parsed.command) return unknownCommand(first, host);
  const { command, args, rest, flags } = parsed;
  if (flags.help) {
    host.stdout(commandHelp(command));
    return 0;
  }
  const { run } = await command.load();
  return run({ args, rest, flags, host });
}

function usageError(message: string, see: string, host: Host): number {
  host.stderr(`moat: ${message}\nSee: ${see}\n`);
  return USAGE;
}

function hint(host: Host): number {
  host.stderr('moat: say what to do, as in: moat exec "explain this project". `moat --help` lists every command.\n');
  return USAGE;
}

function help(name: string | undefined, host: Host): number {
  if (name === undefined) {
    host.stdout(overview(commands, host.version));
    return 0;
  }
  const command = commands.find((spec) => spec.name === name || spec.aliases?.includes(name));
  if (!command) return unknownCommand(name, host);
  host.stdout(commandHelp(command));
  return 0;
}

function unknownCommand(word: string, host: Host): number {
  const instead = Object.hasOwn(absent, word) ? absent[word] : undefined;
  if (instead) return usageError(`${word} is not part of moat: ${instead}`, "moat --help", host);
  const names = commands.filter(({ hidden }) => !hidden).map(({ name }) => name);
  const near = nearest(word, [...names, "help"]);
  const what = word.startsWith("-") ? "flag" : "command";
  return usageError(`unknown ${what} ${word}${near ? `; did you mean ${near}?` : ""}`, "moat --help", host);
}
