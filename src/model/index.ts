export { wireBody } from "./body.ts";
export { CATALOG_DATE, knownModels, type ModelInfo, modelInfo, type Price } from "./catalog.ts";
export { createClient } from "./client.ts";
export type { ModelClient, ModelRequest, ProviderSettings } from "./contract.ts";
export { isLoopback } from "./limits.ts";
export { findLocalServer, listModels, probeEndpoint } from "./models.ts";
export { type BuiltInProvider, PROVIDERS } from "./provider-table.ts";
export { type Identity, type ModelConfig, type ProviderConfig, type Resolution, resolveProvider } from "./providers.ts";
export { directLoopback } from "./proxy.ts";
