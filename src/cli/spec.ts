import type { CommandRun } from "./contract.ts";

/** What completion asks moat for, because it is not known before: `moat completion list NAME`. `settings` are keys with their `=`. */
export type Listed = "threads" | "providers" | "models" | "keys" | "settings" | "profiles" | "features";

/** A word that may follow a command, as `resume` in `moat exec resume`. */
export interface VerbSpec {
  name: string;
  summary: string;
  /** What stands behind it; absent: nothing that could be offered. */
  takes?: Listed;
}

/** A flag as the table has it. Everything else (parsing, help, completion, docs) follows from this. */
export interface FlagSpec {
  /** Long name without dashes; the key in `Invocation.flags`. */
  name: string;
  short?: string;
  /** Other long names for the same flag. */
  aliases?: string[];
  /** Name of its value in help; absent: the flag takes none. */
  value?: string;
  /** The values that make sense, for completion: these words, or what moat is asked for. */
  values?: readonly string[] | Listed;
  /** May be given several times; then the value is a list. */
  repeat?: boolean;
  help: string;
  /** Accepted and not listed: older names and what only programs send. */
  hidden?: boolean;
}

/** A command as the table has it. */
export interface CommandSpec {
  name: string;
  aliases?: string[];
  /** What follows the name, as in `exec [PROMPT|-]`. */
  usage: string;
  summary: string;
  /** What its first word names, for completion; absent: a file, or text. */
  takes?: Listed;
  group: "Work" | "Files" | "Set-up" | "Insight";
  /** What else its help says, below the flags. */
  details?: string;
  examples?: string[];
  /** A list that is made when it is asked for: a line needs one of them, and to make them all takes longer than to read the line. */
  flags(): FlagSpec[];
  /** What is told whoever writes words behind a command that takes none. */
  no_words?: string;
  /** Behind this word of it a command stands, with all its words, whether `--` comes before it or not. */
  command_behind?: string;
  load: () => Promise<{ run: CommandRun }>;
  hidden?: boolean;
}
