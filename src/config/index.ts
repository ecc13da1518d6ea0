export type { RestrictedKey } from "./enforce.ts";
export { restrict } from "./enforce.ts";
export { keepInHistory } from "./history-filter.ts";
export type { HookInput } from "./hook-input.ts";
export type { HookVerdict } from "./hook-verdict.ts";
export type { Hook, HookEvent } from "./hooks.ts";
export type { InstructionPart, Instructions, InstructionsInput } from "./instructions.ts";
export { discoverInstructions, renderInstructions } from "./instructions.ts";
export type { ConfigResult, LoadInput } from "./load.ts";
export { loadConfig } from "./load.ts";
export type { Origin, Origins } from "./merge.ts";
export type { ConfigError, LayerName } from "./problem.ts";
export { showError } from "./problem.ts";
export type { Project } from "./project.ts";
export type { Requirements } from "./requirements.ts";
export { hostAllowed } from "./requirements.ts";
export type { HookContext } from "./run-hook.ts";
export type { Config } from "./schema.ts";
export type { FileQuestion, ProjectTrust, TrustQuestion } from "./trust.ts";
export { answerTrust } from "./trust.ts";

/** See run-hook.ts; loaded when the first event fires. */
export const fireHooks: typeof import("./run-hook.ts").fireHooks = async (...args) =>
  (await import("./run-hook.ts")).fireHooks(...args);
