import type { ApprovalRequest, TodoList } from "../../protocol/index.ts";
import type { Printable, SafeText, Size, Theme } from "../../term/index.ts";
import type { Entry, Status } from "../transcript.ts";

/** What everything on the screen depends on. */
export interface Look extends Size {
  theme: Theme;
  /** Words instead of signs, and nothing that is repainted: for screen readers. */
  words: boolean;
  /** Absolute; paths within are shown without it. null: none. */
  directory: string | null;
}

/** A block of the conversation. What an entry is, and what only the app has. */
export type Block =
  | ({ type: "entry"; entry: Entry } & EntryFacts)
  /** Finished blocks of Markdown of an answer that is still being written or of one that was. `first`: the answer begins here. */
  | { type: "prose"; text: string; first: boolean }
  /** Finished reasoning: one line with its first sentence; all of it in the pager. */
  | { type: "reasoning"; text: string }
  /** What a command of the app says. */
  | { type: "note"; lines: readonly Printable[] }
  /** The lines that greet. */
  | { type: "start"; facts: StartFacts };

/** What the app knows of an entry beside itself; absent: not known, or only by the entry. */
export interface EntryFacts {
  /** How long a command or a turn took. */
  took_ms?: number;
  /** Of a turn, in US dollars. */
  cost?: number;
}

export interface StartFacts {
  version: string;
  model: string;
  effort: string | null;
  directory: string;
  /** null until git has answered; it stays null outside a repository. */
  branch: { name: string; changed: number } | null;
  sandbox: string;
  approvals: string;
  /** How it is enforced, e.g. `namespaces + Landlock + seccomp`. */
  enforced: string;
  /** AGENTS.md (1.2 kB), hooks, … */
  extras: readonly string[];
  warnings: readonly string[];
}

/** The working line above the composer. */
export interface WorkFacts {
  status: Status;
  plan: TodoList["items"] | null;
  /** ms since the turn began. */
  elapsed_ms: number;
  tokens_per_second: number | null;
  tokens: number | null;
  /** ms until the next try, while one is awaited. */
  retry_in_ms: number | null;
  /** What was typed meanwhile: told at the next chance, or after the turn. */
  waiting: readonly { text: string; when: "now" | "after" }[];
}

export interface ComposerFacts {
  text: string;
  /** Index in `text`. */
  caret: number;
  placeholder: string;
  /** Vim mode; null: not used. */
  vim: "normal" | "insert" | null;
  /** Rows that it may have at most. */
  rows: number;
}

export interface StatusFacts {
  mode: "auto" | "ask" | "plan" | "custom";
  /** What is open, e.g. `workspace, no net`, `off`. */
  moat: string;
  /** It is off, or weaker than was asked for. */
  weak: boolean;
  directory: string;
  branch: string | null;
  effort: string | null;
  /** 0 to 1; null: not known. */
  context: number | null;
  tokens: number | null;
  /** US dollars; null: not known. */
  cost: number | null;
  hint: string;
}

export interface MenuFacts {
  title: string | null;
  /** `key`: what chooses it at once; it stands before the name. */
  rows: readonly { key?: string; name: string; description: string; matched: readonly number[] }[];
  selected: number;
  /** Rows that are not in `rows`, because they are too many. */
  more: number;
}

/** A question of moat's about a call. */
export interface QuestionFacts {
  request: ApprovalRequest;
  /** Which of how many that wait. */
  number: number;
  of: number;
  asked_by: string;
  /** Index into the request's choices; null: nothing is preselected. */
  selected: number | null;
  /** The second step: editing the command, saying why not, confirming the rule; its text with the caret. */
  step: { type: "choose" } | { type: "edit" | "reason"; text: string; caret: number } | { type: "rule" };
  /** Rows of the question that are scrolled away at its top. */
  scroll: number;
}

/** A question of the model's (`request_user_input`), one of several. */
export interface InputFacts {
  header: string;
  question: string;
  options: readonly { label: string; description: string }[];
  /** Index of an option; behind the last one stands an answer in the person's own words. */
  selected: number;
  number: number;
  of: number;
  /** Free text, where it is chosen. */
  other: { text: string; caret: number } | null;
}

/** Lines with a place for the caret. */
export interface Card {
  lines: readonly SafeText[];
  caret: { row: number; column: number } | null;
  /** Rows of it that are hidden below the last one shown; 0: there is nothing to scroll to. */
  below: number;
  /** Rows that it may be scrolled by without one passing unseen. */
  page: number;
}

/** A window on many lines. */
export interface PagerFacts {
  title: string;
  lines: readonly SafeText[];
  /** The first line that is shown. */
  top: number;
  search: string | null;
  /** Lines that match the search, ascending. */
  found: readonly number[];
}
