export type { AcpOptions, SessionStore } from "./options.ts";
export { runAcp } from "./run.ts";
