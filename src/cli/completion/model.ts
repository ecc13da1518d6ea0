import type { CommandSpec, FlagSpec } from "../spec.ts";

/** What a shell may offer after a flag. */
export type ValueKind =
  | { type: "words"; words: string[] }
  | { type: "directory" }
  | { type: "file" }
  | { type: "text" };

/** A flag as completion scripts need it: every spelling that is shown. */
export interface CompletedFlag {
  long: string[];
  short: string | null;
  help: string;
  /** null: it takes none. */
  value: ValueKind | null;
}

/** A command as completion scripts need it. */
export interface CompletedCommand {
  names: string[];
  summary: string;
  /** Fixed words that may come first, such as `resume` of exec. */
  words: string[];
  flags: CompletedFlag[];
}

/** The table without what is hidden. */
export function completedCommands(commands: CommandSpec[]): CompletedCommand[] {
  return commands
    .filter(({ hidden }) => !hidden)
    .map(({ name, aliases, summary, usage, flags }) => ({
      names: [name, ...(aliases ?? [])],
      summary,
      words: fixedWords(usage),
      flags: flags.filter(({ hidden }) => !hidden).map(completedFlag),
    }));
}

/** The flags of moat without a command. */
export function bareFlags({ flags }: CommandSpec): CompletedFlag[] {
  return flags.filter(({ hidden }) => !hidden).map(completedFlag);
}

/** The lower-case words of the first part of a usage, as in `[resume|fork|review] [PROMPT|-]`. */
function fixedWords(usage: string): string[] {
  const [first = ""] = usage.split(" ");
  return first
    .replace(/[[\]…]/g, "")
    .split("|")
    .filter((word) => /^[a-z][a-z-]*$/.test(word));
}

function completedFlag({ name, aliases, short, help, value, values }: FlagSpec): CompletedFlag {
  return { long: [name, ...(aliases ?? [])], short: short ?? null, help, value: valueKind(value, values) };
}

function valueKind(value: string | undefined, values: string[] | undefined): ValueKind | null {
  if (value === undefined) return null;
  if (values) return { type: "words", words: values };
  if (value === "DIR") return { type: "directory" };
  return value === "FILE" || value === "PATH" || value === "PROGRAM" ? { type: "file" } : { type: "text" };
}
