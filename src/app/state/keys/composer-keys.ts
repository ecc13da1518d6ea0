import { replaceRange } from "../../composer/buffer.ts";
import { type Composer, edited, typed } from "../../composer/composer.ts";
import { EDITS, newline } from "../../composer/edits.ts";
import { type Attached, imageOf, imagePath, isLarge, pasteOf } from "../../composer/placeholders.ts";
import { vimKey } from "../../composer/vim/keys.ts";
import { walked } from "../../composer/walk.ts";
import type { Drawer } from "../../picture/drawer.ts";
import { written } from "../give-back.ts";
import { changesFor, modeOf, nextMode } from "../mode.ts";
import { promptPicker } from "../pickers.ts";
import type { AppState, Step } from "../state.ts";
import { step, withConversation } from "../step.ts";
import { queue, sendComposed } from "../submit.ts";
import { NOT_YET } from "../waiting.ts";
import { openBlocks, openKeys } from "./anywhere.ts";
import { leaveOrGoBack } from "./escape.ts";
import { quit } from "./interrupt.ts";
import type { PressedKey } from "./key.ts";

/** A key in the composer; null: it means nothing there. */
export function composerKey(state: AppState, key: PressedKey, drawer: Drawer): Step | null {
  const { composer, setup } = state;
  const action = setup.keymap.composer.get(key.name);
  if (composer.vim !== null) {
    const next = vimKey(composer, composer.vim, key.name, key.text);
    if (next !== null) return step({ ...state, composer: next });
  }
  if (action === "keys" && composer.text !== "") return step({ ...state, composer: typed(composer, key.text ?? "") });
  const done = action === undefined ? null : composerAction(state, action, drawer);
  if (done !== null) return done;
  if (action !== undefined && Object.hasOwn(EDITS, action)) return step({ ...state, composer: edit(composer, action) });
  return key.text === null ? null : step({ ...state, composer: typed(composer, key.text) });
}

const edit = (composer: Composer, action: string) => EDITS[action]?.(composer) ?? composer;

function composerAction(state: AppState, action: string, drawer: Drawer): Step | null {
  const { composer } = state;
  switch (action) {
    case "send":
      return endsInBackslash(composer) ? step({ ...state, composer: continued(composer) }) : sendComposed(state);
    case "queue":
      return tab(state, drawer);
    case "escape":
      return leaveOrGoBack(state);
    case "mode":
      return switchMode(state);
    case "keys":
      return step(openKeys(state));
    case "quit":
      return composer.text === "" ? quit(state, 0) : step({ ...state, composer: edit(composer, "delete-right") });
    case "up":
      return step({ ...state, composer: walked(composer, -1, state.prompts) });
    case "down":
      return step({ ...state, composer: walked(composer, 1, state.prompts) });
    case "search-prompts":
      return step(promptPicker(state));
    case "take-back":
      return step(takeBack(state));
    case "editor":
      return step(state, { type: "edit", text: composer.text });
    case "paste-image":
      return step(state, { type: "read image" });
    default:
      return null;
  }
}

/** Tab: behind the turn that runs; with nothing written into the transcript. */
function tab(state: AppState, drawer: Drawer): Step {
  if (state.composer.text === "") return step(openBlocks(state, drawer));
  return queue(state);
}

const endsInBackslash = ({ text, caret }: Composer) => caret > 0 && text[caret - 1] === "\\";

function continued(composer: Composer): Composer {
  const { caret } = composer;
  return newline(edited(composer, replaceRange(composer, caret - 1, caret, "")));
}

/** Shift-Tab. Into plan mode by its command, which asks about programs that would be stopped. */
function switchMode(state: AppState): Step {
  const { conversation } = state;
  if (state.opening) return step({ ...state, hint: NOT_YET });
  const wanted = nextMode(conversation.wanted ?? modeOf(conversation.context));
  const next = withConversation(state, { wanted });
  if (wanted === "plan" && state.command !== null) return step({ ...state, hint: `/${state.command} still runs` });
  if (wanted === "plan") return step({ ...next, command: "plan" }, { type: "command", name: "plan", args: "" });
  const hint = conversation.busy ? `${wanted} from the next turn on` : null;
  return step({ ...next, hint }, { type: "submit", op: { type: "settings", changes: changesFor(wanted) } });
}

/** The last message that waits for the end of the turn comes back. */
function takeBack(state: AppState): AppState {
  const { waiting } = state.conversation;
  const at = waiting.findLastIndex(({ when }) => when === "after");
  const last = waiting[at];
  return last ? written(withConversation(state, { waiting: waiting.toSpliced(at, 1) }), [last]) : state;
}

/** A paste: an image by its path, a placeholder for what is large, or the text. */
export function composerPaste(state: AppState, text: string): Step {
  const { composer } = state;
  const path = imagePath(text);
  if (path !== null) return step({ ...state, composer: attached(composer, imageOf(path, composer.attached)) });
  if (isLarge(text)) return step({ ...state, composer: attached(composer, pasteOf(text, composer.attached)) });
  return step({ ...state, composer: edited(composer, replaceRange(composer, composer.caret, composer.caret, text)) });
}

/** Puts a placeholder at the caret. */
export function attached(composer: Composer, one: Attached): Composer {
  const { text, caret } = composer;
  const blank = caret === 0 || /\s$/.test(text.slice(0, caret)) ? "" : " ";
  const next = edited(composer, replaceRange(composer, caret, caret, `${blank}${one.placeholder} `));
  return { ...next, attached: [...composer.attached, one] };
}
