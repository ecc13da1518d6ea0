import type { Host as OpenHost } from "../open/index.ts";

/** The process that a command runs in. Read once in main.ts; nothing below reads `process.env` or `process.cwd()`. */
export interface Host extends OpenHost {
  /** Absolute. */
  cwd: string;
  commit: string;
  stdin_is_tty: boolean;
  stdout_is_tty: boolean;
  stderr_is_tty: boolean;
  /** Writes are whole and synchronous: a pipe that closed ends the process quietly, as the field's tools do. */
  stdout(text: string): void;
  /** All of standard input as bytes. */
  readStdin(): Promise<Uint8Array>;
}

/** Flags as they were typed: the raw strings, never coerced. A flag that takes no value is `true`. */
export type Flags = Record<string, string | string[] | true | undefined>;

/** One call of a command. */
export interface Invocation {
  /** Positional arguments after the command's name, raw. */
  args: string[];
  /** What came after `--`. */
  rest: string[];
  flags: Flags;
  host: Host;
}

/** What a lazily loaded command module exports. Resolves to the exit code. */
export type CommandRun = (invocation: Invocation) => Promise<number>;
