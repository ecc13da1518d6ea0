export type { McpOpened, McpOpening, McpServerOptions } from "./options.ts";
export { runMcpServer } from "./run.ts";
