/** What the sandbox says of a command that it refuses. */
export interface Refusal {
  rule: string;
  /** The flags that would open it; `~` is the home directory, `.` the workspace. null: none do. */
  grant: string | null;
}

/** A tool as people use it. Runs in a new home directory, whose `src/project` is the workspace; stdin is empty, and there is no terminal. */
export interface Row {
  id: string;
  /** What is run, for people. */
  tool: string;
  /** Programs that it needs beside Debian's smallest system, git, gcc and node. */
  needs?: string[];
  /** Debian's packages that have them. */
  debian?: string[];
  /** Packages of npm, by exact versions, on the PATH. */
  npm?: string[];
  /** They lie in the workspace's node_modules, too. */
  modules?: true;
  /** Files of the workspace. */
  files?: Record<string, string>;
  /** Shell, run outside in the workspace before: what a person would have done. */
  before?: string;
  /** Shell, run in the workspace. */
  run: string;
  /** Shell, run outside afterwards: ends with 0 when the effect is there. */
  holds?: string;
  /** Flags of `moat sandbox`. */
  flags?: string[];
  /** Who runs it; root where nothing is said. */
  as?: "nobody" | "postgres";
  /** What it gets on purpose. */
  refused?: Refusal;
  /** What it gets where no layer lies over the home directory; with one it works. */
  without_layer?: Refusal;
  /** What makes it work all the same; tried where it was refused. */
  remedy?: { flags?: string[]; run?: string };
  /** Quick, and everywhere: it is run by `./scripts/test`. */
  light?: true;
}

/** How a row came out. */
export type Verdict = "works" | "refused" | "wrong" | "not applicable" | "not installed";

/** A verdict and what there is to say of it. */
export interface Outcome {
  verdict: Verdict;
  /** Why it is wrong, or what was said; empty where there is nothing to say. */
  why: string;
}
