export * from "./contract.ts";
export { denialText, explainDenial } from "./denial.ts";
export { commandEnvironment, type EnvironmentPolicy as ShellEnvironmentPolicy } from "./environment.ts";
export { type ConfiningTier, type OpenOptions, openSandbox } from "./launch.ts";
export { type PolicyInput, type PolicyResult, resolvePolicy } from "./policy.ts";
