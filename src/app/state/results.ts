import { bufferOf } from "../composer/buffer.ts";
import { edited } from "../composer/composer.ts";
import { imageOf } from "../composer/placeholders.ts";
import { takePast } from "../past/take-past.ts";
import type { Drawer } from "../picture/drawer.ts";
import { besideText } from "../picture/moat-text.ts";
import { withBlocks } from "./blocks.ts";
import type { AppInput } from "./input.ts";
import { newPager } from "./keys/anywhere.ts";
import { attached } from "./keys/composer-keys.ts";
import { notOpened, showThread, withOpened } from "./opening.ts";
import { newPicker, peeked, peeking } from "./pickers.ts";
import { askAboutPlan } from "./plan.ts";
import { asked } from "./questions.ts";
import type { AppState, Picker, Step } from "./state.ts";
import { step, withConversation } from "./step.ts";
import { commandEnded } from "./submit.ts";

/** Inputs that are the results of effects, and what commands say and ask. */
export type Result = Exclude<AppInput, { type: "term" | "event" | "resized" | "tick" | "action" | "card shown" }>;

/** Takes what came of an effect. */
export function takeResult(state: AppState, result: Result, drawer: Drawer): Step {
  switch (result.type) {
    case "shown":
      return step(showThread(state, result.shown));
    case "opened":
      return withOpened(state, result.opened, drawer);
    case "not opened":
      return step(withNote(notOpened(state), [result.message]));
    case "past":
      return step(result.thread === state.conversation.number ? takePast(state, result.past, drawer) : state);
    case "failed":
      return step(withNote(state, [result.message]));
    case "branch":
      return step(withBranch(state, result.branch));
    case "enforced":
      return step(withEnforced(state, result));
    case "prompts":
      return step({ ...state, prompts: result.prompts });
    case "files":
      return step(withFiles(state, result));
    case "edited":
      return step(fromEditor(state, result.text));
    case "image":
      return step(
        result.path === null ? { ...state, hint: "there is no image in the clipboard" } : withImage(state, result.path),
      );
    case "attach":
      return step(withImage(state, result.path));
    default:
      return takeWords(state, result);
  }
}

type Words = Extract<
  Result,
  { type: "note" | "show" | "confirm" | "pick" | "peeked" | "command ended" | "side answer" }
>;

/** Takes what a command says or asks. */
function takeWords(state: AppState, words: Words): Step {
  switch (words.type) {
    case "note":
      return step(withNote(state, words.lines));
    case "show":
      return step({ ...state, pager: newPager(words.title, { type: "text", lines: words.lines }) });
    case "confirm": {
      const use = { type: "answer", id: words.id } as const;
      const question = {
        kind: "choice",
        id: `confirm ${words.id}`,
        title: words.question,
        selected: null,
        use,
      } as const;
      return step(asked(state, { ...question, rows: YES_OR_NO }));
    }
    case "pick":
      return peeking({ ...state, picker: pickerOf(words) });
    case "peeked":
      return step(peeked(state, words.id, words.lines));
    case "command ended":
      return step(commandEnded(state));
    case "side answer":
      return step(sideAnswered(state, words.text, words.done));
  }
}

function pickerOf({ id, title, rows, peeks }: Extract<Words, { type: "pick" }>): Picker {
  return { ...newPicker({ type: "answer", id }, title, rows), peeks: peeks ? new Map() : null };
}

const YES_OR_NO = [
  { key: "y", name: "yes", description: "" },
  { key: "n", name: "no", description: "" },
];

/** The greeting learns the branch while it can still change. */
function withBranch(state: AppState, branch: AppState["conversation"]["branch"]): AppState {
  const { start } = state.conversation;
  return withConversation(state, { branch, start: start === null ? null : { ...start, branch } });
}

function withEnforced(state: AppState, { enforced, weak }: Extract<Result, { type: "enforced" }>): AppState {
  const { start } = state.conversation;
  if (start !== null) return withConversation(state, { weak, start: { ...start, enforced } });
  // The greeting stands above what was said before, and what is there is not painted again.
  return withNote(withConversation(state, { weak }), [`sandbox: held by ${enforced}`]);
}

/** A line of moat's own. */
export function withNote(state: AppState, lines: Extract<Words, { type: "note" }>["lines"]): AppState {
  return { ...state, conversation: withBlocks(state.conversation, [{ type: "note", lines }]) };
}

/** Files of another generation were looked for before the text changed. */
function withFiles(state: AppState, { generation, files, more }: Extract<Result, { type: "files" }>): AppState {
  const { menu } = state;
  if (menu?.kind !== "file" || menu.generation !== generation) return state;
  return { ...state, menu: { ...menu, files, more, selected: Math.min(menu.selected, Math.max(0, files.length - 1)) } };
}

function fromEditor(state: AppState, text: string | null): AppState {
  const { editing_plan } = state;
  if (editing_plan !== null) return askAboutPlan({ ...state, editing_plan: null }, text ?? editing_plan);
  if (text === null) return state;
  return { ...state, composer: edited(state.composer, bufferOf(text.replace(/\r\n/g, "\n").replace(/\n$/, ""))) };
}

const withImage = (state: AppState, path: string): AppState => ({
  ...state,
  composer: attached(state.composer, imageOf(path, state.composer.attached)),
});

function sideAnswered(state: AppState, text: string, done: boolean): AppState {
  const { side } = state.conversation;
  if (side === null) return state;
  const next = { ...side, text: side.text + text, done };
  // What is only read once is said once more when all of it is there; else it stays in sight until it is put away.
  if (!done || !state.look.words)
    return withConversation(state, { side: done && next.text.trim() === "" ? null : next });
  const said = withConversation(state, { side: null });
  const conversation = withBlocks(said.conversation, [
    { type: "note", lines: [besideText(next.question)] },
    { type: "prose", text: next.text, first: true },
  ]);
  return { ...said, conversation };
}
