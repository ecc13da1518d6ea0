import type { Op } from "./op.ts";

/** What the model is told when a person approves its plan: the plan may have been edited, or be all that a new thread knows. */
export function planPrompt(plan: string): string {
  return `The plan below is approved. Plan mode is over: carry it out, step by step, and check the result.\n\n${plan.trim()}`;
}

/**
 * The op that carries out a plan: in the thread that made it, which gets back what held before plan mode, or in a new one that
 * knows nothing else.
 */
export function carryOut(plan: string): Extract<Op, { type: "user_turn" }> {
  return { type: "user_turn", input: [{ type: "text", text: planPrompt(plan) }], overrides: { plan: false } };
}
