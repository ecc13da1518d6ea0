export type { InstructionPart, Instructions, InstructionsInput } from "./instructions.ts";
export { discoverInstructions, renderInstructions } from "./instructions.ts";
export type { ConfigResult, LoadInput } from "./load.ts";
export { loadConfig } from "./load.ts";
export type { Origin, Origins } from "./merge.ts";
export type { ConfigError, LayerName } from "./problem.ts";
export { showError } from "./problem.ts";
export { findProjectRoot } from "./project.ts";
export type { Config } from "./schema.ts";
