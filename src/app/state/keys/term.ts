import type { TermEvent } from "../../../term/index.ts";
import { keyName, typedText } from "../../keymap/keymap.ts";
import type { Place } from "../../keymap/table.ts";
import type { Drawer } from "../../picture/drawer.ts";
import { scrolled, scrolledPager, scrolledQuestion } from "../scroll.ts";
import type { AppState, Step } from "../state.ts";
import { step } from "../step.ts";
import { anywhere } from "./anywhere.ts";
import { composerKey, composerPaste } from "./composer-keys.ts";
import { interrupt } from "./interrupt.ts";
import type { PressedKey } from "./key.ts";
import { menuKey } from "./menu-keys.ts";
import { pagerKey, pagerPaste } from "./pager-keys.ts";
import { pickerKey, pickerPaste } from "./picker-keys.ts";
import { questionKey, questionPaste } from "./question-keys.ts";

/** Takes what a person did at the terminal. */
export function takeTerm(state: AppState, event: TermEvent, burst: boolean, drawer: Drawer): Step {
  switch (event.type) {
    case "key":
      return takeKey(state, { event, name: keyName(event), text: typedText(event), burst }, drawer);
    case "paste":
      return takePaste(fresh(state, null), event.text);
    case "wheel":
      return step(takeWheel(state, event.rows, drawer));
    case "focus":
      return step({ ...state, focused: event.focused });
    case "background":
      return step(drawer.themed({ ...state, dark: event.dark }));
    case "kitty":
      return step(state);
  }
}

/** What a key does depends on what lies on top. */
function takeKey(before: AppState, key: PressedKey, drawer: Drawer): Step {
  const state = fresh(before, key);
  const always = action(state, "anywhere", key);
  if (always === "interrupt") return interrupt(state);
  if (always === "suspend") return step(state, { type: "suspend" });
  if (always === "repaint") return step(state, { type: "repaint" });
  if (state.pager !== null) return pagerKey(state, action(state, "pager", key), key, drawer);
  if (state.questions.length > 0) return questionKey(state, key, drawer) ?? anywhere(state, always, drawer);
  if (state.picker !== null) return pickerKey(state, action(state, "picker", key), key);
  const inMenu = state.menu === null ? null : menuKey(state, action(state, "menu", key));
  if (inMenu !== null) return inMenu;
  return composerKey(state, key, drawer) ?? anywhere(state, always, drawer);
}

export function action({ setup }: AppState, where: Place, { name }: PressedKey): string | undefined {
  return setup.keymap[where].get(name);
}

function takePaste(state: AppState, text: string): Step {
  if (state.pager !== null) return step(pagerPaste(state, text));
  if (state.questions.length > 0) return questionPaste(state, text);
  if (state.picker !== null) return step(pickerPaste(state, text));
  return composerPaste(state, text);
}

function takeWheel(state: AppState, rows: number, drawer: Drawer): AppState {
  if (state.pager !== null) return scrolledPager(state, rows, drawer);
  if (state.questions.length > 0) return scrolledQuestion(state, rows, drawer);
  return scrolled(state, -rows, drawer);
}

/** A hint stands until the next key; two keys that mean more than one follow each other. */
function fresh(state: AppState, key: PressedKey | null): AppState {
  return {
    ...state,
    hint: null,
    escaped_at: key?.name === "escape" ? state.escaped_at : null,
    interrupted_at: key?.name === "ctrl-c" ? state.interrupted_at : null,
  };
}
