export { PromptHistory } from "./history.ts";
export type { LineSource } from "./lines.ts";
export type { ReplOptions, ReplThread, ReplTools, StartResult } from "./options.ts";
export { runRepl } from "./repl.ts";
