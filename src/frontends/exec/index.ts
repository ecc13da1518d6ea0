export { type ExecRun as ExecOptions, runExec } from "./exec.ts";
export { childLines, jsonLines } from "./json.ts";
