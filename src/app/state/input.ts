import type { Event, Op, TurnContext } from "../../protocol/index.ts";
import type { Printable, Size, TermEvent } from "../../term/index.ts";
import type { StartFacts } from "../../view/index.ts";
import type { Past } from "../past/past.ts";
import type { ThreadTarget } from "./effect.ts";
import type { ModeName } from "./mode.ts";

/** All that the app learns. `at`: monotonic ms. Nothing else moves it, so that a recorded list of inputs gives the same pictures again. */
export type AppInput = { at: number } & InputBody;

/** A row of a picker. */
export interface PickRow {
  /** What comes back when it is taken. */
  id: string;
  name: string;
  description: string;
}

/** A file that fits what was typed, and the places of its matched characters. */
export interface FoundFile {
  path: string;
  matched: readonly number[];
}

/** A thread that is being opened: what can be shown of it. */
export interface ShownThread {
  /** null: a new one. */
  thread_id: string | null;
  /** Where it works. Absolute. */
  cwd: string;
  /** What is known of what happened in it before; null: it is new. */
  past: Past | null;
  /** The greeting, as far as it is known. */
  start: StartFacts;
}

/** A thread that the app goes on with: the first one, another, or the same one further back. */
export interface OpenedThread {
  thread_id: string;
  /** The settings of its next turn. */
  context: TurnContext;
  /** What opening it added to its past. */
  late: readonly Event[];
  /** A turn runs or is about to. */
  busy: boolean;
  start: StartFacts;
  /** The machine cannot enforce all that is asked for. */
  weak: boolean;
  /** Commands have the network. */
  network: boolean;
  /** Names of prompt files, which can be called like commands. */
  prompt_files: ReadonlySet<string>;
}

export type InputBody =
  /** `burst`: the same read of the terminal gave more than one character outside a paste, as when text is pasted without marks. */
  | { type: "term"; event: TermEvent; burst?: boolean }
  /** An event of the thread with this `thread` number (`AppState.conversation.number`); of another one it is left out. */
  | { type: "event"; thread: number; event: Event }
  | { type: "resized"; size: Size }
  /** The time that was asked for by `wake` has come. */
  | { type: "tick" }
  /** The picture that was made after the last `show card` was on the screen for as long as reading takes: from now on keys answer it. */
  | { type: "card shown"; card: string }
  /** A stored thread is being opened, and this of it is shown meanwhile. */
  | { type: "shown"; shown: ShownThread }
  | { type: "opened"; opened: OpenedThread }
  /** The thread that was asked for cannot be had. */
  | { type: "not opened"; message: string }
  /** All that happened in the thread with this number, before it was opened, is known. */
  | { type: "past"; thread: number; past: Past }
  /** What was to be done could not be done. */
  | { type: "failed"; message: string }
  /** What the machine enforces of what is asked for. */
  | { type: "enforced"; enforced: string; weak: boolean }
  /** What git says of the directory; null: it is in no repository. */
  | { type: "branch"; branch: StartFacts["branch"] }
  /** Earlier prompts, the latest first. */
  | { type: "prompts"; prompts: readonly string[] }
  /** `done`: nothing more comes for this generation. */
  | { type: "files"; generation: number; files: readonly FoundFile[]; more: number; done: boolean }
  /** The external editor has ended; null: without a text to take. */
  | { type: "edited"; text: string | null }
  /** The clipboard's image as a file; null: it holds none, or cannot be read. */
  | { type: "image"; path: string | null }
  /** A file goes with the next message. */
  | { type: "attach"; path: string }
  /** A command says something. */
  | { type: "note"; lines: readonly Printable[] }
  /** A command shows something long. */
  | { type: "show"; title: string; lines: readonly Printable[] }
  /** A command asks; the answer comes back as the effect `answer` with its `id`. */
  | { type: "confirm"; id: number; question: string }
  /** `peeks`: more is shown of the row that is chosen, which the effect `peek` asks for. */
  | { type: "pick"; id: number; title: string; rows: readonly PickRow[]; peeks?: boolean }
  /** What is shown of a row beside the list. */
  | { type: "peeked"; id: string; lines: readonly string[] }
  /** A command has ended. */
  | { type: "command ended" }
  /** A command of the app itself: one of `AppAction`. */
  | { type: "action"; action: AppAction }
  /** A part of the answer to a question that is not kept, and its end. */
  | { type: "side answer"; text: string; done: boolean };

/** What commands do to the app itself. */
export type AppAction =
  /** The other screen. */
  | { type: "screen" }
  | { type: "theme"; name: string }
  /** Vim keys on or off. */
  | { type: "vim" }
  /** Shows the key table. */
  | { type: "keys" }
  | { type: "mode"; mode: ModeName }
  | { type: "submit"; op: Op }
  /** The last answer into the clipboard. */
  | { type: "copy" }
  /** `op`: done once the thread is open. */
  | { type: "thread"; target: ThreadTarget; op?: Op }
  | { type: "side"; question: string }
  | { type: "quit" };
