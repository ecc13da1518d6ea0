export { commandShell } from "./command.ts";
export type { CommandRequest, ItemBody, Parsed, Tool, ToolContext, ToolOutcome } from "./contract.ts";
export { type ImageRead, readImage } from "./image.ts";
export { loadTool } from "./registry.ts";
export { toolSpecs } from "./specs.ts";
