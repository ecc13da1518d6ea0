export { hostEntries, hostProblem } from "./allow-list.ts";
export type { HostRefusal, NetworkProxy, ProxyOptions } from "./contract.ts";
export { startProxy } from "./proxy.ts";
export { isPublic } from "./public.ts";
export { type HostCredential, makeBroker } from "./tls/broker.ts";
export { bundleWith, trustVariables } from "./tls/bundle.ts";
export { makeAuthority } from "./tls/certificate.ts";
export { PROXY_PORT, proxyVariables } from "./variables.ts";
