import type { Op } from "../../protocol/index.ts";
import type { Screen } from "../../term/index.ts";

/** Where the app goes on. */
export type ThreadTarget =
  | { to: "new" }
  /** `id`: of a stored thread. */
  | { to: "stored"; id: string }
  /** A copy of this thread; `back`: without so many of the last things that the person said in it, and what came of them; null: all of it. */
  | { to: "fork"; thread_id: string; back: number | null };

/** What the app wants done. Data: whoever runs it does it, and tells what came of it as an input. */
export type AppEffect =
  | { type: "submit"; op: Op }
  /** `findCommand(name)?.run(control, args)`, then `command ended`. */
  | { type: "command"; name: string; args: string }
  /** Ctrl-C: aborts the signal of the command that runs. */
  | { type: "stop command" }
  /** What a command asked was answered; null: left. */
  | { type: "answer"; id: number; value: string | boolean | null }
  /** More of a stored thread that a list is at: `peeked`. */
  | { type: "peek"; id: string }
  /** Looks for files: `files`, once or several times. A newer generation ends the older one. */
  | { type: "find files"; generation: number; query: string }
  /** Opens the external editor: `edited`. */
  | { type: "edit"; text: string }
  /** Into the terminal's clipboard (OSC 52). */
  | { type: "copy"; text: string }
  /** Reads an image from the clipboard: `image`. */
  | { type: "read image" }
  /** Keeps a prompt (`PromptHistory.add`). */
  | { type: "remember"; text: string }
  /** Reads the earlier prompts: `prompts`. */
  | { type: "read prompts" }
  /** Asks git: `branch`. */
  | { type: "read branch" }
  /** Bell and OSC 9: the window is not in focus and something waits for the person. */
  | { type: "notify"; text: string }
  /** Goes on with another thread: `opened`, or `failed`. */
  | { type: "thread"; target: ThreadTarget }
  /** Asks a copy of the thread that is not kept: `side answer`, or `failed`. */
  | { type: "side"; question: string }
  | { type: "stop side" }
  | { type: "screen"; kind: Screen["kind"] }
  | { type: "repaint" }
  | { type: "suspend" }
  /** `exit`: of the process. */
  | { type: "quit"; exit: number }
  /** Send `tick` at this time (monotonic ms); null: at no time. A new one takes the place of the old one. */
  | { type: "wake"; at: number | null }
  /** Send `card shown` once the picture of the state that came with this effect was on the screen for as long as reading takes. */
  | { type: "show card"; card: string };
