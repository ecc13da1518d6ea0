import type { Screen, Size } from "../../term/index.ts";
import { EMPTY_COMPOSER } from "../composer/composer.ts";
import { VIM_START } from "../composer/vim/state.ts";
import type { Kit } from "../kit.ts";
import { conversationOf } from "./events.ts";
import type { OpenedThread } from "./input.ts";
import type { AppState, Setup, Step } from "./state.ts";
import { step } from "./step.ts";

/** What the app begins with. */
export interface AppStart {
  setup: Setup;
  opened: OpenedThread;
  screen: Screen["kind"];
  size: Size;
  /** Name of the theme; null: the one for the terminal's background. */
  theme: string | null;
  /** Words instead of signs, for screen readers. */
  words: boolean;
  vim: boolean;
  /** What stands in the composer. */
  text: string;
}

/** The first state, and what is to be looked up for it. */
export function startApp(begin: AppStart, at: number, kit: Kit): Step {
  const { setup, opened, screen, size, theme, words, vim, text } = begin;
  const state: AppState = {
    now: at,
    setup,
    look: { ...size, theme: kit.theme(theme, null), words, directory: opened.context.cwd },
    screen,
    dark: null,
    theme,
    focused: true,
    conversation: conversationOf(opened, 0, kit),
    composer: { ...EMPTY_COMPOSER, text, caret: text.length, vim: vim ? VIM_START : null },
    menu: null,
    menu_left: null,
    prompts: [],
    questions: [],
    card_since: null,
    picker: null,
    pager: null,
    anchor: null,
    hint: null,
    escaped_at: null,
    interrupted_at: null,
    command: null,
    counter: 0,
    wake: null,
    changed: {},
    opens_new: false,
    first_op: null,
    editing_plan: null,
    quitting: false,
  };
  return step(state, { type: "read branch" }, { type: "read prompts" });
}
