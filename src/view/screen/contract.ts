import type { ApprovalRequest, Item, TodoList } from "../../protocol/index.ts";
import type { Printable, SafeText, Size, Theme } from "../../term/index.ts";
import type { Entry, OpenItem, Status } from "../transcript.ts";

/** What everything on the screen depends on. */
export interface Look extends Size {
  theme: Theme;
  /** Side by side diffs from this many columns on; words instead of signs for screen readers. */
  words: boolean;
}

/** A block of the conversation. What an entry is, and what only the app has. */
export type Block =
  /** `took_ms`: how long a command or a turn took; absent: not known, as in a thread that was resumed. `cost`: of a turn, in US dollars. */
  | { type: "entry"; entry: Entry; took_ms?: number; cost?: number }
  /** Finished blocks of Markdown of an answer that is still being written or of one that was. `first`: the answer begins here. */
  | { type: "prose"; text: string; first: boolean }
  /** Finished reasoning: one line with its first sentence; all of it in the pager. */
  | { type: "reasoning"; text: string }
  /** What a command of the app says. */
  | { type: "note"; lines: readonly Printable[] }
  /** The lines that greet. */
  | { type: "start"; facts: StartFacts };

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
  rows: readonly { name: string; description: string; matched: readonly number[] }[];
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
}

/**
 * What `src/view/screen/index.ts` exports; all pure. No line is wider than `look.columns`.
 */
export interface Views {
  /** A finished block, folded as the design has it; with the blank line below it that parts it from the next. */
  block(block: Block, look: Look): readonly SafeText[];
  /** The same unfolded, for the pager. */
  whole(block: Block, look: Look): readonly SafeText[];
  /** What is still growing: the tail of the answer, reasoning, commands with the last lines of their output. */
  open(items: readonly OpenItem[], look: Look, elapsed: (id: string) => number): readonly SafeText[];
  work(facts: WorkFacts, look: Look): readonly SafeText[];
  composer(facts: ComposerFacts, look: Look): Card;
  status(facts: StatusFacts, look: Look): SafeText;
  menu(facts: MenuFacts, look: Look): readonly SafeText[];
  question(facts: QuestionFacts, look: Look): Card;
  input(facts: InputFacts, look: Look): Card;
  rule(look: Look): SafeText;
  plan(plan: TodoList["items"], look: Look): readonly SafeText[];
  /** A window of lines with a head and a foot that tells where one is, as many lines as the window has rows. `found`: lines that match the search. */
  pager(
    facts: { title: string; lines: readonly SafeText[]; top: number; search: string | null; found: readonly number[] },
    look: Look,
  ): readonly SafeText[];
  /** A unified diff with colours; side by side when the window is wide enough. */
  diff(unified: string, look: Look): readonly SafeText[];
  /** The finished blocks of Markdown at the beginning of `text` (a paragraph, a list, a fence, a table), and what may still grow. */
  splitMarkdown(text: string): { done: string; rest: string };
  item(item: Item, look: Look): readonly SafeText[];
}
