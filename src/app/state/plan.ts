import type { Item, Op } from "../../protocol/index.ts";
import { asked } from "./questions.ts";
import type { AppState, ChoiceRow } from "./state.ts";
import { withConversation } from "./step.ts";

/** Remembers the plan that ends a turn of plan mode. */
export function withPlan(state: AppState, item: Item | { type: "plan"; text: string }): AppState {
  return item.type === "plan" ? withConversation(state, { proposed: item.text }) : state;
}

/** The turn is over: what becomes of its plan is asked. */
export function askedPlan(state: AppState): AppState {
  const { proposed } = state.conversation;
  return proposed === null ? state : askAboutPlan(withConversation(state, { proposed: null }), proposed);
}

export function askAboutPlan(state: AppState, plan: string): AppState {
  const id = `plan ${state.counter + 1}`;
  const question = { kind: "choice", id, title: "Carry out this plan?", rows: ROWS, selected: null } as const;
  return asked({ ...state, counter: state.counter + 1 }, { ...question, use: { type: "plan", plan } });
}

const ROWS: readonly ChoiceRow[] = [
  { key: "y", name: "yes, here", description: "plan mode ends; what held before it holds again" },
  { key: "t", name: "yes, in a new thread", description: "which knows the plan and nothing else" },
  { key: "e", name: "change it", description: "in $VISUAL or $EDITOR" },
  { key: "n", name: "no", description: "plan mode goes on; say what is missing" },
];

/** The op that carries a plan out: what the thread had before plan mode holds again. */
export function carryOut(plan: string): Op {
  const text = `The plan below is approved. Plan mode is over: carry it out, step by step, and check the result.\n\n${plan.trim()}`;
  return { type: "user_turn", input: [{ type: "text", text }], overrides: PLAN_OVER };
}

const PLAN_OVER = { plan: false };
