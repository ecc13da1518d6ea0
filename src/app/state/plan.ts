import { asked } from "./questions.ts";
import type { AppState, ChoiceRow } from "./state.ts";

/** What becomes of a plan that waits is asked, unless something else was said meanwhile. */
export function askedPlan(state: AppState): AppState {
  const { transcript, waiting, busy } = state.conversation;
  const { proposed_plan } = transcript;
  return proposed_plan === null || busy || waiting.length > 0 ? state : askAboutPlan(state, proposed_plan);
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
