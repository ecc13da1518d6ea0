import type { Env } from "./contract.ts";
import type { ProviderConfig } from "./provider-config.ts";

/** A problem with the configuration, on its way to the `Resolution`. */
export class Invalid extends Error {}

/** The provider is known, but not its key. */
export class NoKey extends Invalid {}

/** The provider is known, but not which of its models shall answer. */
export class NoModel extends Invalid {}

/** Silence that counts as a broken stream: the number of the seed's pull request on reliability. */
const IDLE_TIMEOUT_MS = 300_000;
/** Retries and time limits: the provider's own, else the environment's, else the defaults. */
export function limits(own: ProviderConfig, env: Env, base_url: string) {
  const idle = own.stream_idle_timeout_ms ?? fromEnv(env, "OPENAI_STREAM_IDLE_TIMEOUT_MS") ?? IDLE_TIMEOUT_MS;
  return {
    request_max_retries: own.request_max_retries ?? fromEnv(env, "OPENAI_REQUEST_MAX_RETRIES"),
    stream_max_retries: own.stream_max_retries ?? fromEnv(env, "OPENAI_STREAM_MAX_RETRIES"),
    stream_idle_timeout_ms: idle,
    header_timeout_ms: fromEnv(env, "OPENAI_TIMEOUT_MS") ?? (isLoopback(base_url) ? null : idle),
  };
}

function fromEnv(env: Env, name: string): number | null {
  const text = env[name];
  if (text === undefined || text === "") return null;
  if (/^\d+$/.test(text)) return Number(text);
  throw new Invalid(`${name} must be a whole number, not \`${text}\``);
}

/** True for a server on this machine. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)$/.test(hostname);
}
