import { fromHome } from "../../base/index.ts";
import type { ComposerFacts, InputFacts, MenuFacts, QuestionFacts, StatusFacts, WorkFacts } from "../../view/index.ts";
import { shownNow } from "../state/clock.ts";
import { modeOf } from "../state/mode.ts";
import type { AppState, Asked } from "../state/state.ts";
import { moatText, weakened } from "./moat-text.ts";
import { PLACEHOLDER } from "./placeholder.ts";

type Of<K extends Asked["kind"]> = Extract<Asked, { kind: K }>;

export function workFacts({ conversation, now }: AppState): WorkFacts {
  const { transcript, turn, waiting } = conversation;
  const shown = turn === null ? now : shownNow(turn.since, now);
  return {
    status: transcript.status,
    plan: transcript.plan,
    elapsed_ms: turn === null ? 0 : shown - turn.since,
    tokens_per_second: turn?.per_second ?? null,
    tokens: turn === null || turn.tokens < 1 ? null : Math.round(turn.tokens),
    retry_in_ms: turn?.retry_at == null ? null : Math.max(0, turn.retry_at - shown),
    waiting,
  };
}

export function statusFacts({ conversation, setup }: AppState): StatusFacts {
  const { context, transcript, branch } = conversation;
  const { room, usage } = transcript;
  return {
    mode: modeOf(context),
    moat: moatText(conversation),
    weak: weakened(conversation),
    directory: fromHome(context.cwd, setup.home),
    branch: branch?.name ?? null,
    effort: context.effort,
    context: room?.window ? room.tokens / room.window : null,
    tokens: usage === null ? null : usage.input_tokens + usage.output_tokens,
    cost: transcript.cost,
    hint: "Shift+Tab mode · / commands · ? keys",
  };
}

/** Rows of a composer: what leaves two thirds of the window to what is being written about. */
const COMPOSER_ROWS = 10;

export function composerFacts({ composer, conversation, look }: AppState): ComposerFacts {
  return {
    text: composer.text,
    caret: composer.caret,
    placeholder: conversation.busy ? "Enter: tell it now · Tab: after this" : PLACEHOLDER,
    vim: composer.vim?.mode ?? null,
    rows: Math.max(1, Math.min(COMPOSER_ROWS, Math.floor(look.rows / 3))),
  };
}

export function questionFacts(state: AppState, asked: Of<"approval">): QuestionFacts {
  const { request, selected, step, scroll, child } = asked;
  return {
    request,
    number: 1,
    of: state.questions.length,
    asked_by: child === null ? "" : `thread ${child.slice(-SHORT_ID)} asks`,
    selected,
    step: "field" in step ? { type: step.type, ...step.field } : step,
    scroll,
  };
}

/** The end of an id: children of one moment differ there. */
const SHORT_ID = 6;

export function inputFacts({ request, at, selected, other }: Of<"input">): InputFacts {
  const { header = "", question = "", options = [] } = request.questions[at] ?? {};
  const chosen = other === null ? selected : options.length;
  return { header, question, options, selected: chosen, number: at + 1, of: request.questions.length, other };
}

/** A question with answers of its own: its letters stand before them. */
export function choiceFacts({ title, rows, selected }: Of<"choice">): MenuFacts {
  return {
    title: `? ${title}`,
    rows: rows.map(({ key, name, description }) => ({ key, name, description, matched: [] })),
    selected: selected ?? -1,
    more: 0,
  };
}
