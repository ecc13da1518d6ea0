export { commandShell } from "./command.ts";
export type {
  CallWorld as World,
  ChildAnswer,
  ChildTask,
  CommandRequest,
  CommandResult,
  CommandSession,
  ItemBody,
  LiveCommand,
  LiveCommandRequest,
  ProgramRequest,
  Tool,
  ToolContext,
  ToolOutcome,
  ToolSet,
} from "./contract.ts";
export { type ImageRead, readImage } from "./image.ts";
export { builtInTools } from "./registry.ts";
