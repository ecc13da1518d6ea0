export type { AddressServer, ProgramServer, ServerConfig, ServerWorld, ToolApproval } from "./contract.ts";
export { logIn } from "./oauth/flow.ts";
export { storedLogin, storeLogin } from "./oauth/store.ts";
export { withServers } from "./offer/set.ts";
