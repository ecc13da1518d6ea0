import type { ProviderSettings } from "./contract.ts";

/** A provider that is known by name. */
export interface BuiltInProvider {
  name: string;
  base_url: string;
  wire_api: ProviderSettings["wire_api"];
  /** Environment variables that may hold the key, best first. Empty: a server that needs none. */
  env_keys: string[];
  /** What is asked when no model is named; null: the server's own list decides. */
  default_model: string | null;
}

/** Built-in providers by the name that `model_provider` takes. `NAME_BASE_URL` in the environment moves any of them. */
export const PROVIDERS: Record<string, BuiltInProvider> = {
  openai: {
    name: "OpenAI",
    base_url: "https://api.openai.com/v1",
    wire_api: "responses",
    // The SDK of the published CLI hands its key over as CODEX_API_KEY, beside whatever else the environment holds.
    env_keys: ["CODEX_API_KEY", "OPENAI_API_KEY"],
    default_model: "gpt-5.5",
  },
};
