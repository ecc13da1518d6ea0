import type { AppTerminal } from "../app/index.ts";
import type { NamedRead } from "../base/index.ts";
import type { Host as OpenHost } from "../open/index.ts";
import type { Printable } from "../term/index.ts";

/** The process that a command runs in. Read once in main.ts; nothing below reads `process.env` or `process.cwd()`. */
export interface Host extends OpenHost {
  /** Absolute. */
  cwd: string;
  commit: string;
  stdin_is_tty: boolean;
  stdout_is_tty: boolean;
  stderr_is_tty: boolean;
  /**
   * For people: what is no `SafeText` is made visible, and secrets are taken out. All writes are whole and synchronous; a pipe that
   * closed ends the process quietly, as the field's tools do.
   */
  stdout(text: Printable): void;
  /** What a person is asked to agree to, on standard output: visible, and whole. */
  asked(text: Printable): void;
  /** The same on standard error. */
  stderr(text: Printable): void;
  /** Sequences that steer the terminal on standard output; never text of anybody else. */
  control(sequence: string): void;
  /** The same for the terminal on standard error. */
  controlError(sequence: string): void;
  /** For programs, on standard output: exactly this, unless it is a terminal, which gets it readable. */
  data(text: string): void;
  /** For programs, on standard output: a line of JSON (`indent`: lines), in which nothing can be hidden, without secrets. */
  json(value: unknown, indent?: number): void;
  /** All of standard input as bytes; `onFirst` is called when something of it, or its end, has come. */
  readStdin(onFirst?: () => void): Promise<NamedRead>;
  /** What is on the terminal already; absent: nothing. */
  curtain?: Curtain;
  /** What is still to be done before the process may end: files that are written. */
  closing: (() => Promise<void>)[];
}

/** The first picture of the app, shown while moat still reads its settings; until somebody else has something to say. */
export interface Curtain {
  /** The terminal with the picture on it, for the app that goes on with it; null: it was given back already. */
  take(): AppTerminal | null;
  /** Gives the terminal back, as it was. */
  drop(): void;
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
