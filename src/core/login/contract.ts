/** What a shell says of itself: by kind (function, alias, variable, exported, options …) the text of each name. */
export type ShellState = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** What a login profile changes in a shell. */
export interface Difference {
  /** After the profile, and without it. */
  now: ShellState;
  before: ShellState;
  /** Texts of a kind that are new or others than without the profile. */
  changed(kind: string): string[];
  /** Names of a kind that there are only without it. */
  gone(kind: string): string[];
}

/** How a shell is asked, and what it is told. */
export interface Dialect {
  /** A script that writes the state on the descriptor `STATE`, in records of `KIND NAME`, a line end, the text and a NUL; the last kind is `end`. */
  dump: string;
  /** The state of a dump, each function, alias and variable by its name. Throws where that cannot be found. */
  named(dumped: ShellState): ShellState;
  /** A variable that belongs to the shell that runs, whatever profile there is. */
  owns(name: string): boolean;
  /** Statements that make the one state of the other. */
  script(difference: Difference): string[];
  /** Where a file of such statements lies in a directory of its own. */
  file(directory: string): string;
  /** What makes a shell read that file before its script. */
  reads(file: string): Record<string, string>;
  /** The variable that does: the file gives it the value that the profile left. */
  variable: string;
  /** A plain shell reads a part of the profile, too: the file is needed in any case. */
  always: boolean;
  /** Files and directories that make up a login profile, there or not. */
  profile(home: string, env: Readonly<Record<string, string | undefined>>): string[];
}

/** A profile's state; or why there is none, as a clause that begins with a verb; null: it cannot be confined here. */
export type TakenLogin = { ok: true; state: KeptLogin } | { ok: false; why: string | null };

/** What a login profile leaves, and the file that holds what no variable can. */
export interface KeptLogin extends LoginState {
  file: { path: string; identity: string } | null;
}

/** What is laid under a command in the place of its login profile. */
export interface LoginState {
  /** Variables that the profile sets, and those that it takes away. */
  set: Readonly<Record<string, string>>;
  unset: readonly string[];
  /** Names of those that it sets and that commands do not get. */
  dropped: readonly string[];
  /** Statements for what no variable can carry; empty: there is nothing of it. */
  script: string;
}
