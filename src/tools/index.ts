export { commandShell } from "./command.ts";
export type {
  ChildAnswer,
  ChildTask,
  CommandRequest,
  CommandResult,
  ItemBody,
  ProgramRequest,
  Tool,
  ToolContext,
  ToolOutcome,
  ToolSet,
  World,
} from "./contract.ts";
export { type ImageRead, readImage } from "./image.ts";
export { builtInTools } from "./registry.ts";
