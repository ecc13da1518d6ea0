import type { CommandSpec, FlagSpec, Listed, VerbSpec } from "../spec.ts";
import { VERBS } from "../verbs.ts";

/** What a shell may offer after a flag. */
export type ValueKind =
  | { type: "words"; words: readonly string[] }
  /** What `moat completion list WHAT` prints. */
  | { type: "listed"; what: Listed }
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
  /** Words that may come first, such as `resume` of exec. */
  verbs: readonly VerbSpec[];
  /** What its first word names; null: a file, or text. */
  takes: Listed | null;
  flags: CompletedFlag[];
}

/** The table without what is hidden. */
export function completedCommands(commands: CommandSpec[]): CompletedCommand[] {
  return commands
    .filter(({ hidden }) => !hidden)
    .map(({ name, aliases, summary, takes, flags }) => ({
      names: [name, ...(aliases ?? [])],
      summary,
      verbs: VERBS[name] ?? [],
      takes: takes ?? null,
      flags: flags()
        .filter(({ hidden }) => !hidden)
        .map(completedFlag),
    }));
}

/** The flags of moat without a command. */
export function bareFlags({ flags }: CommandSpec): CompletedFlag[] {
  return flags()
    .filter(({ hidden }) => !hidden)
    .map(completedFlag);
}

/** Every spelling of a flag, with its dashes. */
export function spelled({ long, short }: CompletedFlag): string[] {
  return [...long.map((name) => `--${name}`), ...(short ? [`-${short}`] : [])];
}

/** Words after which something is listed, by what it is: of a command, its verbs; `""` where no verb is needed. */
export function listedAfter({ verbs, takes }: CompletedCommand): [what: Listed, verbs: string[]][] {
  const kinds = [...new Set(verbs.flatMap((verb) => verb.takes ?? []))];
  const own = kinds.map((what): [Listed, string[]] => [
    what,
    verbs.filter((verb) => verb.takes === what).map(({ name }) => name),
  ]);
  return takes === null ? own : [...own, [takes, [""]]];
}

function completedFlag({ name, aliases, short, help, value, values }: FlagSpec): CompletedFlag {
  return { long: [name, ...(aliases ?? [])], short: short ?? null, help, value: valueKind(value, values) };
}

function valueKind(value: string | undefined, values: FlagSpec["values"]): ValueKind | null {
  if (value === undefined) return null;
  if (typeof values === "string") return { type: "listed", what: values };
  if (values) return { type: "words", words: values };
  if (value === "DIR") return { type: "directory" };
  return value === "FILE" || value === "PATH" || value === "PROGRAM" ? { type: "file" } : { type: "text" };
}
