export type { ReplOptions } from "./options.ts";
export { runRepl } from "./repl.ts";
