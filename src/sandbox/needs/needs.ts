// What a command of a known kind needs of the world outside, and nothing more: what one question opens.
import { basename, resolve } from "node:path";
import type { CommandNeeds } from "../../protocol/index.ts";
import { type PlainCommand, plainCommands } from "../git/plain-commands.ts";
import { isPlainSetting, isPlainVariable } from "../git/words.ts";
import type { KnownCommand } from "./contract.ts";
import { remoteNeeds } from "./git-remote.ts";
import { signatureNeeds } from "./git-signature.ts";
import type { UserWorld } from "./outside.ts";
import { containerNeeds, npmNeeds, pythonNeeds } from "./services.ts";
import { kindsOf, type NeedKind } from "./table.ts";

/** Programs that may stand beside a known one: they read no more than they are given, and start nothing. */
const BESIDE = new Set(words("cat cd echo false grep head printf pwd tail true wc"));

function words(line: string): string[] {
  return line.split(" ");
}

const FINDERS: Record<NeedKind, (command: KnownCommand, outside: UserWorld) => CommandNeeds | null> = {
  remote: remoteNeeds,
  signature: signatureNeeds,
  "npm registry": npmNeeds,
  "python index": pythonNeeds,
  containers: containerNeeds,
};

/**
 * What a command line needs that the sandbox does not give; null where it is not known, or nothing would be of use (no agent runs).
 * A line counts only when all of it is known: what is opened is open to everything in it.
 */
export function needsOf(argv: string[], cwd: string, outside: UserWorld): CommandNeeds | null {
  const commands = plainCommands(argv);
  if (commands === null) return null;
  let at = cwd;
  const found: CommandNeeds[] = [];
  for (const command of commands) {
    const start = command.findIndex((word) => !isPlainVariable(word));
    const [program = "", ...args] = start < 0 ? [] : command.slice(start);
    if (program === "cd") at = resolve(at, args[0] ?? outside.home);
    if (BESIDE.has(program)) continue;
    const known = readCommand(nameOf(program), args, at);
    if (known === null) return null;
    for (const kind of kindsOf(nameOf(program), known.command)) {
      const needs = FINDERS[kind](known, outside);
      if (needs === null) return null;
      found.push(needs);
    }
  }
  const all = join(found);
  return all.hosts.length + all.sockets.length > 0 ? all : null;
}

/** A program by its name, or of the system's directories. */
const nameOf = (program: string) =>
  /^\/(?:usr\/)?(?:local\/)?bin\/[^/]+$/.test(program) ? basename(program) : program;

/** A known program with its command; null for another one, and for options that make it do something else. */
function readCommand(program: string, args: PlainCommand, cwd: string): KnownCommand | null {
  if (program !== "git") {
    const command = args.find((word) => !word.startsWith("-")) ?? "";
    const known = kindsOf(program, command).length > 0;
    return known ? { command, args: args.slice(args.indexOf(command) + 1), directory: cwd, settings: [] } : null;
  }
  let directory = cwd;
  const settings: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "-C") directory = resolve(directory, args[++at] ?? "");
    else if (word === "-c" && isPlainSetting(args[at + 1] ?? "")) settings.push(args[++at] ?? "");
    else if (word === "--no-pager" || word === "-P") continue;
    else return word.startsWith("-") ? null : { command: word, args: args.slice(at + 1), directory, settings };
  }
  return null;
}

/** All of them together. */
function join(all: readonly CommandNeeds[]): CommandNeeds {
  const one = (name: keyof CommandNeeds) => [...new Set(all.flatMap((needs) => needs[name]))];
  return { hosts: one("hosts"), sockets: one("sockets"), read: one("read") };
}
