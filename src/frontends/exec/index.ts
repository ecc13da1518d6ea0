export { type ExecOptions, runExec } from "./exec.ts";
