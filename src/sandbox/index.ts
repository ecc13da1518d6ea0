export { type PrivateCaches, privateCaches } from "./caches.ts";
export * from "./contract.ts";
export { denialText, explainDenial } from "./denial.ts";
export { commandEnvironment, type ShellEnvironmentPolicy } from "./environment.ts";
export { forCommand, gitEnvironment } from "./git.ts";
export { openSandbox, probeMachine } from "./launch.ts";
export { kindOf, realPath } from "./paths.ts";
export { openPipe } from "./pipe.ts";
export { resolvePolicy } from "./policy.ts";
