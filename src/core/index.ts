export { builtInTools } from "../tools/index.ts";
export type { BudgetLimits } from "./budget.ts";
export { type PromptPart, type PromptPreview, previewPrompt } from "./preview.ts";
export type { AdministratorRules, EventSink, ThreadServices, ThreadSettings } from "./settings.ts";
export type { Segment, Tape, TapedOp } from "./tape.ts";
export { type ResumedThread, Thread, type ThreadStart } from "./thread.ts";
