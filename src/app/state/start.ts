import type { Op } from "../../protocol/index.ts";
import type { Screen, Size } from "../../term/index.ts";
import { EMPTY_COMPOSER } from "../composer/composer.ts";
import { VIM_START } from "../composer/vim/state.ts";
import type { Kit } from "../kit.ts";
import { newConversation } from "./events.ts";
import type { ShownThread } from "./input.ts";
import type { AppState, Setup, Step } from "./state.ts";
import { step } from "./step.ts";

/** What the app begins with. */
export interface AppStart {
  setup: Setup;
  /** The first thread, as far as it is known. */
  shown: ShownThread;
  screen: Screen["kind"];
  size: Size;
  /** Name of the theme; null: the one for the terminal's background. */
  theme: string | null;
  /** Words instead of signs, for screen readers. */
  words: boolean;
  vim: boolean;
  /** What stands in the composer. */
  text: string;
  /** Done once the thread is open; null: nothing. */
  first_op: Op | null;
}

/** The first state, and what is to be looked up for it. */
export function startApp(begin: AppStart, at: number, kit: Kit): Step {
  const { setup, shown, screen, size, theme, words, vim, text, first_op } = begin;
  const state: AppState = {
    now: at,
    setup,
    look: { ...size, theme: kit.theme(theme, null), words, directory: shown.cwd },
    screen,
    dark: null,
    theme,
    focused: true,
    conversation: newConversation(0, shown),
    composer: { ...EMPTY_COMPOSER, text, caret: text.length, vim: vim ? VIM_START : null },
    menu: null,
    menu_left: null,
    prompts: [],
    questions: [],
    card_open: false,
    picker: null,
    pager: null,
    anchor: null,
    rising: false,
    hint: null,
    escaped_at: null,
    interrupted_at: null,
    command: null,
    counter: 0,
    wake: null,
    changed: {},
    opening: true,
    before: null,
    opens_new: false,
    first_op,
    editing_plan: null,
    quitting: false,
  };
  return step(state, { type: "read branch" }, { type: "read prompts" });
}
