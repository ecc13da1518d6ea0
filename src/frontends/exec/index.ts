export { type ExecOptions, runExec } from "./exec.ts";
export { childLines, jsonLines } from "./json.ts";
