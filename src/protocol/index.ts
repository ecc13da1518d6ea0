export type * from "./approval.ts";
export type * from "./checkpoint.ts";
export { MAX_LISTED } from "./checkpoint.ts";
export type { Event, EventBody, LearnedLimits, ServerLimits, TurnContext, Usage } from "./event.ts";
export { isOfChild, SCHEMA_VERSION } from "./event.ts";
export type * from "./evidence.ts";
export type * from "./failure.ts";
export { grantFlags } from "./grant-flags.ts";
export type * from "./history.ts";
export type * from "./item.ts";
export type * from "./json.ts";
export { configuredNetwork, hostsOf } from "./network.ts";
export type * from "./op.ts";
export { EFFORTS } from "./op.ts";
export { carryOut } from "./plan.ts";
export { homeWroteText, processText } from "./process-text.ts";
export { promptText } from "./prompt-text.ts";
export type * from "./sandbox.ts";
export type * from "./tool.ts";
export { addUsage, NO_USAGE } from "./usage.ts";
export type * from "./user-input.ts";

/** The public contract as schemas; loaded when it is needed. */
export const loadSchemas = () => import("./schema.ts");
