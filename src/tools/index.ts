export { commandShell } from "./command.ts";
export type { CommandRequest, CommandResult, ItemBody, Tool, ToolContext, ToolOutcome, ToolSet } from "./contract.ts";
export { type ImageRead, readImage } from "./image.ts";
export { builtInTools } from "./registry.ts";
