import { type Event, isOfChild, type UserInputRequest } from "../../protocol/index.ts";
import { EMPTY } from "../composer/buffer.ts";
import type { AppState, Asked } from "./state.ts";

/** The questions that wait after an event. */
export function withQuestions(state: AppState, event: Event): AppState {
  const { thread_id, stopping } = state.conversation;
  const child = isOfChild(event, thread_id) ? (event.thread_id ?? null) : null;
  switch (event.type) {
    case "approval.requested":
      // A turn that is being stopped is not asked about any more.
      return stopping
        ? state
        : asked(state, { ...NEW, id: idOf(child, event.request.call_id), request: event.request, child });
    case "user_input.requested":
      return stopping ? state : asked(state, inputOf(event.request, idOf(child, event.request.call_id), child));
    case "approval.resolved":
    case "user_input.resolved":
      return settled(state, (one) => one.id === idOf(child, event.call_id));
    case "turn.completed":
    case "turn.failed":
      // The end of a turn is the end of its children, too.
      return settled(state, (one) => one.kind !== "choice" && (child === null || one.child === child));
    default:
      return state;
  }
}

function inputOf(request: UserInputRequest, id: string, child: string | null): Asked {
  const options = request.questions[0]?.options ?? [];
  const other = options.length === 0 ? EMPTY : null;
  return { kind: "input", id, request, child, at: 0, answers: {}, selected: 0, other };
}

const NEW = { kind: "approval", selected: null, step: { type: "choose" }, scroll: 0, read: false } as const;

const idOf = (child: string | null, call_id: string) => `${child ?? ""}:${call_id}`;

/** One more question, behind those that wait. */
export function asked(state: AppState, question: Asked): AppState {
  return { ...state, questions: [...state.questions, question] };
}

function settled(state: AppState, is: (one: Asked) => boolean): AppState {
  const questions = state.questions.filter((one) => !is(one));
  return questions.length === state.questions.length ? state : { ...state, questions };
}

/** The first question without the others. */
export function answered(state: AppState): AppState {
  return { ...state, questions: state.questions.slice(1) };
}

/** The rows of a question that was not read to its end are others in another width: it is read from its beginning. */
export function questionResized(state: AppState): AppState {
  const [first] = state.questions;
  return first?.kind === "approval" && !first.read && first.scroll > 0
    ? changedFirst(state, { ...first, scroll: 0 })
    : state;
}

/** The first question, changed. */
export function changedFirst(state: AppState, question: Asked): AppState {
  return { ...state, questions: [question, ...state.questions.slice(1)] };
}

/**
 * The card that is on the screen or about to be: its name changes with what it asks, so that each step has its own time; null:
 * there is none, or a pager lies over it.
 */
export function cardOf({ questions, pager }: Pick<AppState, "questions" | "pager">): string | null {
  const [first] = questions;
  if (!first || pager !== null) return null;
  if (first.kind === "approval") return `${first.id} ${first.step.type}${first.read ? " to its end" : ""}`;
  return first.kind === "input" ? `${first.id} ${first.at}` : first.id;
}
