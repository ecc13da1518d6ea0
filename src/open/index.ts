export { readConfig } from "./configuration.ts";
export type {
  HeldCommand,
  Loaded,
  Opened,
  OpenHost as Host,
  OpenOptions,
  OpenResult,
  Outside,
  RecordingStart,
  Refusal,
  ThreadFacts,
  ThreadRecorder,
} from "./contract.ts";
export { catalogOf } from "./limits.ts";
export type { FoundServer } from "./local-servers.ts";
export type { CatalogOverrides } from "./model-catalog.ts";
export { openThread } from "./open-thread.ts";
export { threadReach, usualReach } from "./outside.ts";
export { findProvider } from "./provider.ts";
export { serverConfig, serverWorld } from "./tool-servers.ts";
export { checkPlaces } from "./writable-places.ts";
