export { type ExecOptions, runExec } from "./exec.ts";
export { jsonLines } from "./json.ts";
