import type { Entry, GrowingList } from "../../view/index.ts";
import { VIM_START } from "../composer/vim/state.ts";
import type { BlockLog } from "../past/block-log.ts";
import type { Drawer } from "../picture/drawer.ts";
import type { AppAction } from "./input.ts";
import { openKeys } from "./keys/anywhere.ts";
import { quit } from "./keys/interrupt.ts";
import { changesFor } from "./mode.ts";
import type { AppState, Step } from "./state.ts";
import { step, withConversation } from "./step.ts";
import { NOT_YET } from "./waiting.ts";

/** Does what a command wants of the app itself. */
export function takeAction(state: AppState, action: AppAction, drawer: Drawer): Step {
  switch (action.type) {
    case "screen": {
      const screen = state.screen === "fullscreen" ? "inline" : "fullscreen";
      return step({ ...state, screen, anchor: null }, { type: "screen", kind: screen });
    }
    case "theme":
      return step(drawer.themed({ ...state, theme: action.name }), { type: "repaint" });
    case "vim": {
      const { composer } = state;
      return step({ ...state, composer: { ...composer, vim: composer.vim === null ? VIM_START : null } });
    }
    case "keys":
      return step(openKeys(state));
    case "mode":
      if (state.opening) return step({ ...state, hint: NOT_YET });
      return step(state, { type: "submit", op: { type: "settings", changes: changesFor(action.mode) } });
    case "submit":
      return submitted(state, action.op);
    case "copy":
      return copied(state);
    case "thread":
      return step({ ...state, first_op: action.op ?? null }, { type: "thread", target: action.target });
    case "side":
      if (state.conversation.side !== null) return step({ ...state, hint: "one question beside it is being answered" });
      return step(withConversation(state, { side: { question: action.question, text: "" } }), {
        type: "side",
        question: action.question,
      });
    case "quit":
      return quit(state, 0);
  }
}

/** An op of a command. One that begins a turn tells a turn that runs instead of taking its place. */
function submitted(state: AppState, op: Extract<AppAction, { type: "submit" }>["op"]): Step {
  const begins = op.type === "user_turn" || op.type === "compact";
  const told = op.type === "user_turn" && state.conversation.busy ? ({ type: "steer", input: op.input } as const) : op;
  return step(begins ? withConversation(state, { busy: true }) : state, { type: "submit", op: told });
}

function copied(state: AppState): Step {
  const { transcript, log, past } = state.conversation;
  const text = lastAnswer(transcript.entries) ?? earlierAnswer(log);
  if (text === null && past?.whole === false) return step({ ...state, hint: NOT_YET });
  if (text === null) return step({ ...state, hint: "there is no answer yet" });
  return step(
    { ...state, hint: "the last answer is in the clipboard, where the terminal allows it" },
    { type: "copy", text },
  );
}

/** An answer of before is one block. */
function earlierAnswer(log: BlockLog): string | null {
  for (let number = -1; number >= log.first; number--) {
    const block = log.at(number);
    if (block?.type === "prose") return block.text;
  }
  return null;
}

function lastAnswer(entries: GrowingList<Entry>): string | null {
  for (let index = entries.length - 1; index >= 0; index--) {
    const entry = entries.at(index);
    if (entry?.type === "item" && entry.item.type === "agent_message") return entry.item.text;
  }
  return null;
}
