export { hostEntries, hostProblem } from "./allow-list.ts";
export type { HostRefusal, NetworkProxy, ProxyOptions } from "./contract.ts";
export { startProxy } from "./proxy.ts";
export { isPublic } from "./public.ts";
export type { HostCredential } from "./tls/broker.ts";
export { PROXY_PORT, proxyVariables } from "./variables.ts";

/** What speaks for hosts in their place: only where credentials are configured. */
export const loadTls = () => import("./tls/index.ts");
