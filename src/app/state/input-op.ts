import type { Event, Op } from "../../protocol/index.ts";
import { EMPTY } from "../composer/buffer.ts";
import type { AppEffect } from "./effect.ts";
import type { Asked, InputQuestion } from "./state.ts";

type Input = Extract<Asked, { kind: "input" }>;

type Answer =
  | { type: "answered"; answers: Record<string, { answers: string[] }> }
  | { type: "declined"; reason: string };

/** The shapes of a question of the model and its answer, as the protocol has them. */
interface InputRequested {
  type: "user_input.requested";
  request: { call_id: string; questions: InputQuestion[] };
}

/** What the model asks, as a question that waits; null: the event is another. */
export function inputAsked(event: Event | InputRequested, child: string | null): Input | null {
  if (event.type !== "user_input.requested") return null;
  const { call_id, questions } = event.request;
  const [first] = questions;
  if (!first) return null;
  return {
    kind: "input",
    id: `${child ?? ""}:${call_id}`,
    call_id,
    child,
    questions,
    at: 0,
    answers: {},
    selected: 0,
    other: first.options.length === 0 ? EMPTY : null,
  };
}

/** The call whose question was answered, by whomever; null: the event is another. */
export function inputResolved(event: Event | { type: "user_input.resolved"; call_id: string }): string | null {
  return event.type === "user_input.resolved" ? event.call_id : null;
}

export function inputAnswer({ call_id, child }: Input, answer: Answer): AppEffect {
  const op = { type: "user_input", call_id, answer, ...(child === null ? {} : { thread_id: child }) };
  // The op comes with plan mode; until then no event asks for it.
  return { type: "submit", op: op as unknown as Op };
}
