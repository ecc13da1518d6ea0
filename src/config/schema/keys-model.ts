import { EFFORTS } from "../../protocol/index.ts";
import { boolean, integer, leaf, list, named, oneOf, path, section, text, url } from "./type.ts";

/** How a provider is reached: `model_providers.NAME`. */
const provider = section("One provider.", {
  name: leaf(text(), { fallback: null, about: "Name shown to people; the table's own name when left out." }),
  base_url: leaf(url(), { fallback: null, about: "Where requests go, without the last part (`/responses`)." }),
  wire_api: leaf(oneOf("responses", "chat", "anthropic"), {
    fallback: null,
    about:
      "Protocol: Responses, Chat Completions or Anthropic Messages. Left out: the built-in provider's own, else `responses`.",
  }),
  env_key: leaf(text(), { fallback: null, about: "Environment variable that holds the API key." }),
  env_key_instructions: leaf(text(), { fallback: null, about: "What to tell a person whose `env_key` is not set." }),
  experimental_bearer_token: leaf(text(), { fallback: null, about: "The key itself. Prefer `env_key`." }),
  auth: section("A program that prints a key.", {
    command: leaf(text(), { fallback: null, about: "Program to run; its first line of output is the key." }),
    args: leaf(list(text()), { fallback: [], about: "Arguments of the program." }),
    timeout_ms: leaf(integer(1), { fallback: 5000, about: "Time limit of the program, in ms." }),
    refresh_interval_ms: leaf(integer(0), {
      fallback: 300_000,
      about: "Age in ms after which the key is asked for again; 0: only after a refusal.",
    }),
  }),
  http_headers: named(
    "Headers sent with every request.",
    leaf(text(), { fallback: "", about: "Value of the header." }),
  ),
  env_http_headers: named(
    "Headers whose values are read from environment variables.",
    leaf(text(), { fallback: "", about: "Environment variable that holds the header's value." }),
  ),
  query_params: named(
    "Parameters added to every address, such as Azure's `api-version`.",
    leaf(text(), { fallback: "", about: "Value of the parameter." }),
  ),
  request_max_retries: leaf(integer(0, 100), {
    fallback: null,
    about: "Retries of a request that got no answer. Left out: one counter of 10 for both kinds.",
  }),
  stream_max_retries: leaf(integer(0, 100), {
    fallback: null,
    about: "Retries of a stream that broke. Left out: one counter of 10 for both kinds.",
  }),
  stream_idle_timeout_ms: leaf(integer(1), {
    fallback: null,
    about: "Silence on a stream, in ms, after which it counts as lost. Left out: 300000.",
  }),
  requires_openai_auth: leaf(boolean(), { fallback: false, about: "The provider takes the key of `openai`." }),
});

/** Which model answers, how hard it thinks and what it is told. */
export const modelKeys = {
  model: leaf(text(), { fallback: null, about: "Model that answers; the provider's usual one when left out." }),
  model_provider: leaf(text(), { fallback: null, about: "Built-in provider or a name from `model_providers`." }),
  model_providers: named("Providers beside the built-in ones, or changes to those.", provider),
  openai_base_url: leaf(url(), { fallback: null, about: "Base address of the built-in provider `openai`." }),
  oss_provider: leaf(text(), { fallback: null, about: "Local provider that `--oss` uses, such as `ollama`." }),
  review_model: leaf(text(), { fallback: null, about: "Model for `moat review`; `model` when left out." }),
  service_tier: leaf(text(), { fallback: null, about: "Service tier asked of the provider, such as `flex`." }),
  model_reasoning_effort: leaf(oneOf(...EFFORTS), { fallback: null, about: "How hard the model thinks." }),
  model_reasoning_summary: leaf(oneOf("auto", "concise", "detailed", "none"), {
    fallback: null,
    about: "Summary of its reasoning that is asked for.",
    project: "always",
  }),
  model_verbosity: leaf(oneOf("low", "medium", "high"), {
    fallback: null,
    about: "Length of answers, where the model has the switch.",
    project: "always",
  }),
  model_context_window: leaf(integer(1), {
    fallback: null,
    about: "Context size in tokens, when moat does not know it.",
  }),
  model_auto_compact_token_limit: leaf(integer(1), {
    fallback: null,
    about: "Tokens in the context after which the thread is compacted.",
  }),
  model_catalog_json: leaf(path(), { fallback: null, about: "JSON file with models, their context sizes and prices." }),
  model_instructions_file: leaf(path(), {
    fallback: null,
    about: "File that takes the place of the built-in system prompt.",
  }),
  developer_instructions: leaf(text(), { fallback: null, about: "Text that is added after the system prompt." }),
  compact_prompt: leaf(text(), {
    fallback: null,
    about: "Prompt that takes the place of the built-in one for compaction.",
  }),
  web_search: leaf(oneOf("disabled", "cached", "indexed", "live"), {
    fallback: "disabled",
    about: "Web search that the provider hosts, where it offers one.",
  }),
  ca_file: leaf(path(), { fallback: null, about: "PEM file of certificates that are trusted beside the system's." }),
  tools: section("Tools that the model is offered.", {
    update_plan: section("The plan tool.", {
      enabled: leaf(boolean(), {
        fallback: true,
        about: "Offer the tool that keeps a visible plan.",
        project: "always",
        used: false,
      }),
    }),
  }),
  tool_output_token_limit: leaf(integer(1), {
    fallback: 10_000,
    about: "Tokens (4 bytes each) of one tool output that the model gets; can only lower the built-in 10000.",
    project: "always",
  }),
} as const;
