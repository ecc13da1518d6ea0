import type { Env, ProviderSettings } from "./contract.ts";

/** A provider that is known by name. */
export interface BuiltInProvider {
  name: string;
  /** null: everyone has an address of their own, to be configured. */
  base_url: string | null;
  wire_api: ProviderSettings["wire_api"];
  /** Environment variables that may hold the key, best first. Empty: a server that needs none. */
  env_keys: string[];
  /** What is asked when no model is named; null: it has to be. */
  default_model: string | null;
  /** A header that carries the key too, where servers of an older kind look for it. */
  key_header?: string;
}

const chat = (name: string, base_url: string, env_keys: string[], default_model: string | null = null) =>
  ({ name, base_url, wire_api: "chat", env_keys, default_model }) satisfies BuiltInProvider;
const local = (name: string, port: number) => chat(name, `http://127.0.0.1:${port}/v1`, []);

/** Built-in providers by the name that `model_provider` takes. `NAME_BASE_URL` in the environment moves any of them. */
export const PROVIDERS: Record<string, BuiltInProvider> = {
  openai: {
    name: "OpenAI",
    base_url: "https://api.openai.com/v1",
    wire_api: "responses",
    // The SDK of the published CLI hands its key over as CODEX_API_KEY, beside whatever else the environment holds.
    env_keys: ["CODEX_API_KEY", "OPENAI_API_KEY"],
    default_model: "gpt-6.2-sol",
  },
  anthropic: {
    name: "Anthropic",
    base_url: "https://api.anthropic.com/v1",
    wire_api: "anthropic",
    env_keys: ["ANTHROPIC_API_KEY"],
    default_model: "claude-sonnet-5-5",
  },
  azure: {
    name: "Azure OpenAI",
    base_url: null,
    wire_api: "responses",
    env_keys: ["AZURE_OPENAI_API_KEY", "AZURE_API_KEY"],
    default_model: null,
    key_header: "api-key",
  },
  gemini: chat("Google Gemini", "https://generativelanguage.googleapis.com/v1beta/openai", [
    "GEMINI_API_KEY",
    "GOOGLE_GENERATIVE_AI_API_KEY",
  ]),
  openrouter: chat("OpenRouter", "https://openrouter.ai/api/v1", ["OPENROUTER_API_KEY"]),
  mistral: chat("Mistral", "https://api.mistral.ai/v1", ["MISTRAL_API_KEY"]),
  deepseek: chat("DeepSeek", "https://api.deepseek.com", ["DEEPSEEK_API_KEY"], "deepseek-v4-pro"),
  xai: chat("xAI", "https://api.x.ai/v1", ["XAI_API_KEY"]),
  groq: chat("Groq", "https://api.groq.com/openai/v1", ["GROQ_API_KEY"]),
  // The ports on which these servers listen when nobody says otherwise.
  ollama: local("Ollama", 11434),
  lmstudio: local("LM Studio", 1234),
  "llama.cpp": local("llama.cpp", 8080),
};

/** Local servers in the order in which they are looked for. */
export const LOCAL_PROVIDERS = ["ollama", "lmstudio", "llama.cpp"] as const;

/** `open-router` → `OPEN_ROUTER`, the prefix of its variables. */
export function variable(id: string): string {
  return id.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}

/** Where a variable of the environment moves a provider. */
export function movedBase(id: string, env: Env): string | undefined {
  return env[`${variable(id)}_BASE_URL`] || undefined;
}
