export { createClient } from "./client.ts";
export type { ModelClient, ModelEvent, ModelRequest, ProviderSettings, ToolSpec } from "./contract.ts";
export type { ClientHooks, Timer } from "./hooks.ts";
export {
  type Env,
  type Identity,
  isLoopback,
  type ModelConfig,
  type ProviderConfig,
  type Resolution,
  resolveProvider,
} from "./providers.ts";
export { retryMessage } from "./retry.ts";
