import type { ProxyLimits } from "./contract.ts";

export const LIMITS: ProxyLimits = {
  // npm opens 15, browsers 6 a host: hundreds are no tool's, and each costs two descriptors of 1,024.
  connections: 256,
  // The figure of the common servers of HTTP.
  head_bytes: 16 * 1024,
  head_ms: 10_000,
  connect_ms: 15_000,
  // A build may wait long for a server that works; nothing waits longer in silence.
  idle_s: 900,
};
