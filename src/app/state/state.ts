import type {
  ApprovalRequest,
  Event,
  Op,
  SandboxReport,
  SettingsChange,
  TurnContext,
  UserInputRequest,
} from "../../protocol/index.ts";
import type { Printable, RowPlace, Screen } from "../../term/index.ts";
import type { Block, Look, StartFacts, Transcript } from "../../view/index.ts";
import type { Buffer } from "../composer/buffer.ts";
import type { Composer } from "../composer/composer.ts";
import type { Keymap } from "../keymap/keymap.ts";
import type { AnswerSplit } from "../kit.ts";
import type { BlockLog } from "../past/block-log.ts";
import type { Past } from "../past/past.ts";
import type { AppEffect } from "./effect.ts";
import type { FoundFile, PickRow } from "./input.ts";
import type { ModeName } from "./mode.ts";

/** What stays as it is while the app runs. */
export interface Setup {
  home: string;
  keymap: Keymap;
  /** Notify when the window is not in focus. */
  notifications: boolean;
}

/** A question that waits. */
export type Asked =
  | {
      kind: "approval";
      id: string;
      request: ApprovalRequest;
      /** Of the child that asks; null: the thread itself does. */
      child: string | null;
      selected: number | null;
      step: { type: "choose" } | { type: "edit" | "reason"; field: Buffer } | { type: "rule" };
      scroll: number;
      /** It did not fit, and its end has been scrolled to. */
      read: boolean;
    }
  /** Questions of the model's, one after the other. */
  | {
      kind: "input";
      id: string;
      request: UserInputRequest;
      child: string | null;
      /** The question that is being asked. */
      at: number;
      answers: Readonly<Record<string, { answers: string[] }>>;
      /** Behind the last option stands an answer in one's own words. */
      selected: number;
      other: Buffer | null;
    }
  /** A question with answers of its own. */
  | {
      kind: "choice";
      id: string;
      title: string;
      rows: readonly ChoiceRow[];
      selected: number | null;
      use: { type: "answer"; id: number } | { type: "plan"; plan: string };
    };

/** An answer and the letter that gives it. */
export interface ChoiceRow {
  key: string;
  name: string;
  description: string;
}

/** A list to choose from. */
export interface Picker {
  /** What becomes of the row that is taken. */
  use: { type: "answer"; id: number } | { type: "prompt" } | { type: "back" };
  title: string;
  rows: readonly PickRow[];
  query: Buffer;
  selected: number;
  /** What is known of rows beside themselves, by id; null: nothing is asked for. */
  peeks: ReadonlyMap<string, readonly string[]> | null;
}

/** What is offered for the word at the caret. */
export type Menu =
  | { kind: "command"; query: string; selected: number }
  | {
      kind: "file";
      from: number;
      query: string;
      generation: number;
      files: readonly FoundFile[];
      more: number;
      selected: number;
    };

/** A window over everything, to read in. */
export interface Pager {
  title: string;
  of:
    | { type: "transcript" /** The first block that it holds. */; from: number }
    /** Blocks to choose from, folded. */
    | { type: "blocks"; selected: number; from: number }
    | {
        type: "block";
        index: number /** Of the list to go back to; null: it was opened from the composer. */;
        back: number | null;
      }
    | { type: "plan" }
    /** The answer to a question beside the thread. */
    | { type: "side"; text: string }
    | { type: "text"; lines: readonly Printable[] };
  top: number;
  /** What is searched for; `typing`: it is being typed. */
  search: Buffer | null;
  typing: boolean;
}

/** A message that waits for its time. */
export interface Waiting {
  text: string;
  /** `now`: the thread has it and takes it at its next chance. */
  when: "now" | "after";
  /** What it was written as, to be given back. */
  composer: Pick<Composer, "text" | "attached">;
}

/** The answer that is being written: what of it is not in the log yet. */
export interface Stream {
  /** Characters that are in the log. */
  committed: number;
  split: AnswerSplit;
}

/** The turn that runs. */
export interface TurnClock {
  since: number;
  /** Tokens that came out of it so far, as estimated from the deltas. */
  tokens: number;
  /** Of the last seconds: when they began, and what came in them. */
  recent: { since: number; tokens: number };
  per_second: number | null;
  /** When the next try is made; null: none is awaited. */
  retry_at: number | null;
}

/** The thread that is talked to, and all that is shown of it. */
export interface AppConversation {
  /** Counts the conversations of this run. */
  number: number;
  /** Its thread is not open yet: what is known of it is shown, and what is sent waits. */
  opening: boolean;
  /** Empty: a new thread that is not open yet. */
  thread_id: string;
  context: TurnContext;
  transcript: Transcript;
  log: BlockLog;
  /** What happened before it was opened; null: it is new. */
  past: Past | null;
  /** What happened since, while not all of that is known; null: it is. */
  since: readonly Event[] | null;
  /** Answers that are being written, by item. */
  streams: ReadonlyMap<string, Stream>;
  /** When open items began, by item. */
  begun: ReadonlyMap<string, number>;
  turn: TurnClock | null;
  /** A turn runs or was asked for: what is sent now is told to it. */
  busy: boolean;
  waiting: readonly Waiting[];
  /** The mode that was asked for last and is not in force yet. */
  wanted: ModeName | null;
  /** The greeting while it still changes; null: it is in the log. */
  start: StartFacts | null;
  /** The greeting of a thread with a past, which stands before it; null: it is not known, or in its place. */
  greeting: Block | null;
  branch: StartFacts["branch"];
  /** The machine cannot enforce all that was asked for. */
  weak: boolean;
  /** Commands have the network. */
  network: boolean;
  /** Names of prompt files, which can be called like commands. */
  prompt_files: ReadonlySet<string>;
  /** What was enforced for the last command; null: none has run here. */
  report: SandboxReport | null;
  /** The thread's own interrupt was asked for: what still comes of the turn asks nothing more. */
  stopping: boolean;
  /** A question beside it that is being answered, or was (`done`), until it is put away. */
  side: { question: string; text: string; done: boolean } | null;
}

export interface AppState {
  /** When the last input came. */
  now: number;
  setup: Setup;
  look: Look;
  screen: Screen["kind"];
  /** The terminal's background; null: it has not said. */
  dark: boolean | null;
  theme: string | null;
  focused: boolean;
  conversation: AppConversation;
  composer: Composer;
  menu: Menu | null;
  /** The word that the menu was left for, by its kind and place. */
  menu_left: string | null;
  /** Earlier prompts, the latest first. */
  prompts: readonly string[];
  questions: readonly Asked[];
  /** The card that waits was on the screen for long enough to be read: keys answer it. */
  card_open: boolean;
  picker: Picker | null;
  pager: Pager | null;
  /** The last row of the conversation that is seen; null: its end. */
  anchor: RowPlace | null;
  /** One wanted to the beginning, and it is not known yet. */
  rising: boolean;
  /** A line above the status, until the next key. */
  hint: string | null;
  /** When Esc was pressed and did nothing, and Ctrl-C. */
  escaped_at: number | null;
  interrupted_at: number | null;
  /** The name of the command that runs. */
  command: string | null;
  /** Counts what results come back for: files. */
  counter: number;
  /** The `wake` that was asked for last. */
  wake: number | null;
  /** What was changed by hand: a new thread begins with it, too. */
  changed: SettingsChange;
  /** Another thread was asked for, or the first one: what is sent waits for it. */
  opening: boolean;
  /** The conversation to go back to when the thread that is shown cannot be opened; null: there is none. */
  before: AppConversation | null;
  /** The thread that was asked for is a new one. */
  opens_new: boolean;
  /** Done once the thread that was asked for is open. */
  first_op: Op | null;
  /** The plan that is being changed in the editor. */
  editing_plan: string | null;
  quitting: boolean;
}

/** What an input leads to. */
export interface Step {
  state: AppState;
  effects: readonly AppEffect[];
}
