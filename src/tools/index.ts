export { commandShell } from "./command.ts";
export type {
  AgentPool,
  AgentState,
  AgentTask,
  CallWorld as World,
  ChildAnswer,
  ChildTask,
  CommandRequest,
  CommandResult,
  CommandSession,
  ItemBody,
  LiveCommand,
  LiveCommandRequest,
  ModelFacts,
  OpenFiles,
  ProgramRequest,
  ServerProgram,
  ServerPromptRead,
  ServerStatus,
  Tool,
  ToolContext,
  ToolHost,
  ToolOutcome,
  ToolServers,
  ToolSet,
} from "./contract.ts";
export { type ImageRead, readImage } from "./image.ts";
export { readJson as readCallJson } from "./near-miss.ts";
export { textOutcome } from "./outcome.ts";
export { builtInTools } from "./registry.ts";
export { numberParameter, parameters, textParameter } from "./spec.ts";
