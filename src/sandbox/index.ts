export { hostEntries } from "../proxy/index.ts";
export { type PrivateCaches, privateCaches } from "./caches.ts";
export * from "./contract.ts";
export { denialText, explainDenial } from "./denial/denial.ts";
export { hostDenials } from "./denial/hosts.ts";
export {
  commandEnvironment,
  droppedNames,
  type ProfileVariable,
  profileVariables,
  type ShellEnvironmentPolicy,
} from "./environment.ts";
export { forCommand, gitEnvironment, underWatch } from "./git/git.ts";
export { KnownRepositories } from "./git/known.ts";
export { readRepository } from "./git/layout.ts";
export { submodulesOf } from "./git/nested.ts";
export { readingEnvironment, startedByReading } from "./git/reading.ts";
export type { GitLayout } from "./git/repository.ts";
export { gitUser } from "./git/settings.ts";
export { waitsFor } from "./git/waits.ts";
export { type LayerLeaf, leavesOf } from "./home/leaves.ts";
export { leftInLayer } from "./home/left.ts";
export { resetLayer } from "./home/reset.ts";
export { layerStore, makeLayerStore } from "./home/store.ts";
export { planTakeover, type Takeover, takeOver } from "./home/take-over.ts";
export { type LayerUsage, layerUsage } from "./home/usage.ts";
export { HomeWrites } from "./home/wrote.ts";
export { offlineCommand, openSandbox } from "./launch/launch.ts";
export { enlarge, openPipe, type Pipe } from "./launch/pipe.ts";
export { probeMachine } from "./launch/probe.ts";
export { memoryStruck } from "./memory.ts";
export { needsOf } from "./needs/needs.ts";
export { outsideOf } from "./needs/outside.ts";
export { kindOf, realPath } from "./paths.ts";
export { type OwnPlaces, ResolvedPolicies, resolvePolicy, rootFault } from "./policy.ts";
export { installPrivate } from "./private-file.ts";
export {
  absoluteEntries,
  droppedFromPath,
  type FoundProgram,
  findProgram,
  foreignProgram,
  foundOnlyIn,
  isForeign,
  type Reach,
  safePath,
} from "./programs.ts";
export { forReading } from "./reading.ts";
