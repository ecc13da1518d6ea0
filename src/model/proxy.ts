import type { Env } from "./contract.ts";

/** Hosts of this machine, in the forms that NO_PROXY takes. */
const LOOPBACK = ["localhost", "127.0.0.0/8", "::1", "[::1]"];

/**
 * The variables to set in the process's own environment, before the first request, so that no proxy stands between moat
 * and a server on this machine: Bun sends even 127.0.0.1 through HTTP_PROXY, and only NO_PROXY keeps it from that. Empty
 * when no proxy is configured.
 */
export function directLoopback(env: Env): Record<string, string> {
  const names = ["http_proxy", "https_proxy", "all_proxy"];
  if (!names.some((name) => env[name] || env[name.toUpperCase()])) return {};
  const given = [env.NO_PROXY, env.no_proxy].find((list) => list) ?? "";
  if (given.trim() === "*") return {};
  const list = [...new Set([...given.split(",").map((host) => host.trim()), ...LOOPBACK])].filter(Boolean).join(",");
  return { NO_PROXY: list, no_proxy: list };
}
