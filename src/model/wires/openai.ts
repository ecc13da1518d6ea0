import type { ProviderSettings } from "../contract.ts";
import type { Hooks } from "../hooks.ts";
import { createPost, type Post } from "./post.ts";

/** Headers of the SDK that describe the machine; a server that we talk to needs none of them. */
export const NO_TELEMETRY = Object.fromEntries(
  ["Lang", "Package-Version", "OS", "Arch", "Runtime", "Runtime-Version", "Retry-Count", "Timeout"].map((name) => [
    `X-Stainless-${name}`,
    null,
  ]),
);

/**
 * Requests as the `openai` package makes them for a provider. Everything that it would read from the environment is given, so that a stray variable
 * changes nothing.
 */
export async function openaiPost(provider: ProviderSettings, hooks: Pick<Hooks, "keys" | "fetch">): Promise<Post> {
  const { OpenAI } = await import("openai/client");
  return createPost(
    provider,
    hooks,
    (apiKey) =>
      new OpenAI({
        apiKey,
        adminAPIKey: null,
        baseURL: provider.base_url,
        organization: provider.organization,
        project: provider.project,
        logLevel: "off",
        defaultQuery: provider.query_params,
        defaultHeaders: {
          ...NO_TELEMETRY,
          "User-Agent": provider.user_agent,
          originator: provider.originator,
          ...(provider.api_key === null ? { Authorization: null } : {}),
          ...provider.http_headers,
        },
      }),
  );
}
