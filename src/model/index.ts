export { CATALOG_DATE, type ModelInfo, modelInfo, type Price } from "./catalog.ts";
export { createClient } from "./client.ts";
export type { ModelClient, ModelEvent, ModelRequest, ProviderSettings, ToolSpec } from "./contract.ts";
export type { ClientHooks, Timer } from "./hooks.ts";
export type { AuthCommand, KeySource } from "./keys.ts";
export { type Env, isLoopback } from "./limits.ts";
export { findLocalServer, type LocalServer, listModels, type ModelList } from "./models.ts";
export {
  type Identity,
  type ModelConfig,
  type ProviderConfig,
  type Resolution,
  resolveProvider,
} from "./providers.ts";
export { directLoopback } from "./proxy.ts";
export { retryMessage } from "./retry.ts";
