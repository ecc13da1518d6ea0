import type { CommandRun } from "./contract.ts";

/** A flag as the table has it. Everything else (parsing, help, completion, docs) follows from this. */
export interface FlagSpec {
  /** Long name without dashes; the key in `Invocation.flags`. */
  name: string;
  short?: string;
  /** Other long names for the same flag. */
  aliases?: string[];
  /** Name of its value in help; absent: the flag takes none. */
  value?: string;
  /** The values that make sense, for completion. */
  values?: string[];
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
  group: "Work" | "Files" | "Set-up" | "Insight";
  /** What else its help says, below the flags. */
  details?: string;
  examples?: string[];
  flags: FlagSpec[];
  /** Behind this word of it a command stands, with all its words, whether `--` comes before it or not. */
  command_behind?: string;
  load: () => Promise<{ run: CommandRun }>;
  hidden?: boolean;
}
