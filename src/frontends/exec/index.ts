export { type ExecOptions, runExec } from "./exec.ts";
export { retryText } from "./json.ts";
