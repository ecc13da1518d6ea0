import type { CommandRun } from "../contract.ts";
import type { CommandSpec, FlagSpec } from "../spec.ts";
import { VERBS } from "../verbs.ts";

/** `moat man`: the manual page, made from the command table, for `man -l -` and for packages. */
export const man =
  (commands: CommandSpec[]): CommandRun =>
  async ({ host }) => {
    host.data(manPage(commands, host.version));
    return 0;
  };

/** Text for roff: ASCII, no line begins with a control character, and hyphens stay hyphens. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^(?=[.'])/gm, "\\&")
    .replace(
      /[^\0-\x7f]/gu,
      (character) => `\\[u${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}]`,
    );
}

/** The page in the man(7) macros. */
export function manPage(table: CommandSpec[], version: string): string {
  const shown = table.filter(({ hidden }) => !hidden);
  return [
    `.TH MOAT 1 "" "moat ${version}" "User Commands"`,
    ".SH NAME",
    "moat \\- a coding agent for the terminal, behind a moat that the kernel enforces",
    ".SH SYNOPSIS",
    ".B moat\n[\\fB\\-\\-offline\\-except\\fR \\fIURL\\fR]\n.I COMMAND\n[FLAGS] [ARGS]",
    `.PP\n${escaped("With --offline-except, in front of everything, moat and all that it starts reach this one address and nothing else.")}`,
    ".SH COMMANDS",
    ...shown.map(commandEntry),
    ".SH EXIT STATUS",
    ...EXITS.map(([code, what]) => `.TP\n.B ${code}\n${escaped(what)}`),
    ".SH FILES",
    ".TP\n.I ~/.moat/config.toml\nConfiguration; MOAT_HOME names another directory.",
    ".TP\n.I AGENTS.md\nInstructions of a project for the model.",
    "",
  ].join("\n");
}

const EXITS: [string, string][] = [
  ["0", "The task was completed, also when commands in it failed."],
  ["1", "The turn failed."],
  ["2", "The command line cannot be understood."],
  ["3", "A call was declined, with --fail-on-decline."],
  ["4", "A budget was used up, with --max-… flags."],
  ["5", "The provider stayed away, with --give-up-after."],
  ["6", "No sandbox is to be had."],
  ["7", "Required evidence is missing, with --require-evidence."],
  ["130, 143", "SIGINT, SIGTERM."],
];

function commandEntry({ name, aliases, usage, summary, details, examples, flags }: CommandSpec): string {
  const also = aliases?.length ? ` (also: ${aliases.join(", ")})` : "";
  const head = `.SS ${escaped(`moat ${name} ${usage}`.trimEnd())}\n${escaped(summary)}${escaped(also)}.`;
  return [
    head,
    ...(VERBS[name] ?? []).map((verb) => `.TP\n\\fB${escaped(verb.name)}\\fR\n${escaped(verb.summary)}.`),
    ...(details ? [`.PP\n.nf\n${escaped(details)}\n.fi`] : []),
    ...flags()
      .filter(({ hidden }) => !hidden)
      .map(flagEntry),
    ...(examples ? [`.PP\nExamples:\n.nf\n${examples.map((line) => escaped(`  ${line}`)).join("\n")}\n.fi`] : []),
  ].join("\n");
}

function flagEntry({ name, short, aliases, value, help }: FlagSpec): string {
  const names = [...(short ? [`-${short}`] : []), `--${name}`, ...(aliases ?? []).map((alias) => `--${alias}`)];
  return `.TP\n\\fB${escaped(names.join(", "))}\\fR${value ? ` \\fI${escaped(value)}\\fR` : ""}\n${escaped(help)}.`;
}
