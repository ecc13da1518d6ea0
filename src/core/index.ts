export { builtInTools } from "../tools/index.ts";
export type { BudgetLimits } from "./budget.ts";
export type { Enforced } from "./enforced.ts";
export type { ResumedThread } from "./parts.ts";
export { withPlan } from "./plan-mode.ts";
export { type PromptPart, type PromptPreview, previewPrompt } from "./request/preview.ts";
export type { AdministratorRules, EventSink, ThreadServices, ThreadSettings } from "./settings.ts";
export type { Segment, Tape, TapedOp } from "./tape.ts";
export { Thread } from "./thread.ts";
