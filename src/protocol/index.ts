export type * from "./approval.ts";
export type { Event, EventBody, TurnContext, Usage } from "./event.ts";
export { SCHEMA_VERSION } from "./event.ts";
export type * from "./failure.ts";
export type * from "./history.ts";
export type * from "./item.ts";
export type * from "./json.ts";
export type * from "./op.ts";
export type * from "./sandbox.ts";
