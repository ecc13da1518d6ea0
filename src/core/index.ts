export type { BudgetLimits } from "./budget.ts";
export type { EventSink, ThreadServices, ThreadSettings } from "./settings.ts";
export { type ResumedThread, Thread, type ThreadStart } from "./thread.ts";
