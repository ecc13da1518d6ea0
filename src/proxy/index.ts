export { hostProblem } from "./allow-list.ts";
export type { HostRefusal, NetworkProxy, ProxyOptions } from "./contract.ts";
export { startProxy } from "./proxy.ts";
export { isPublic } from "./public.ts";
export { PROXY_PORT, proxyVariables } from "./variables.ts";
