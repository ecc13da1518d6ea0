import type { ProviderSettings } from "./contract.ts";
import type { AuthCommand } from "./keys.ts";

/** The table `[model_providers.NAME]` of the configuration. null is the same as left out. */
export interface ProviderConfig {
  readonly name?: string | null;
  readonly base_url?: string | null;
  readonly env_key?: string | null;
  /** Said when `env_key` is not set: how to get one. */
  readonly env_key_instructions?: string | null;
  readonly experimental_bearer_token?: string | null;
  /** A program that prints the key; without a `command` there is none. */
  readonly auth?: (Omit<AuthCommand, "command"> & { readonly command: string | null }) | null;
  readonly wire_api?: ProviderSettings["wire_api"] | null;
  readonly query_params?: Readonly<Record<string, string>> | null;
  readonly http_headers?: Readonly<Record<string, string>> | null;
  /** Header → the environment variable that holds its value; left out when that is not set. */
  readonly env_http_headers?: Readonly<Record<string, string>> | null;
  readonly request_max_retries?: number | null;
  readonly stream_max_retries?: number | null;
  readonly stream_idle_timeout_ms?: number | null;
  /** Uses OpenAI's key, organization and project. */
  readonly requires_openai_auth?: boolean | null;
}
