import type { Effect, ToolCallItem } from "../../protocol/index.ts";
import type { Tool, ToolOutcome } from "../../tools/index.ts";
import type { ItemLife } from "../item-life.ts";
import type { Confinement } from "./confinement.ts";

// A call of the model is one value that is filled on its way: read → judged → run. Each step adds what it found out, once, and
// nothing is derived a second time: what was judged is what runs.

/** What a hook says of a call: no question, or one in any case, and why; null: as the rules have it. */
export type HookSays = { type: "allow" } | { type: "ask"; reason: string | null } | null;

/** A call as its tool understood it. */
export interface ReadCall {
  /** As the model made it, with what the user put in the place of its command. */
  made: ToolCallItem;
  tool: Tool;
  args: unknown;
  cwd: string;
  /** What it would do outside the thread; null: nothing. */
  effect: Effect | null;
  hook: HookSays;
  /** Layout of the tool that the model called, when another one does the work. */
  frame: ((body: string) => string) | null;
  edits: Edits;
}

/** How often the user changed the command of a call, and what the model is told of it. */
export interface Edits {
  times: number;
  note: string;
}

/** A call that may run, and what it runs under. */
export interface JudgedCall extends ReadCall, Confinement {}

/** A call that runs. */
export interface StartedCall extends JudgedCall {
  item: ItemLife;
  /** The item that it updates: its own, or the one of its turn. */
  shown: ItemLife;
}

/** A call that has run: under what it ran last, and what came of it, with what the sandbox refused it then. */
export interface RanCall extends StartedCall {
  outcome: ToolOutcome;
}

/** The same with what the model gets for it, before hooks add to that. */
export interface DoneCall extends RanCall {
  output: string;
}
