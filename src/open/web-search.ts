import type { Config } from "../config/index.ts";
import type { ThreadSettings } from "../core/index.ts";
import type { ProviderSettings } from "../model/index.ts";

/** Web search as the thread has it, with sentences where it was wanted and cannot be had. */
export interface HostedSearch {
  web_search: ThreadSettings["web_search"];
  warnings: string[];
}

/** OpenAI and Anthropic host a search on their own wires; what other providers host, they host in forms that moat does not speak. */
export function webSearch({ web_search: wanted }: Config, { id, name, wire_api }: ProviderSettings): HostedSearch {
  if (wanted === "disabled") return { web_search: null, warnings: [] };
  if (id === "openai" && wire_api === "responses") {
    return { web_search: wanted === "live" ? "live" : "cached", warnings: [] };
  }
  if (id === "anthropic" && wire_api === "anthropic") {
    if (wanted === "live") return { web_search: "live", warnings: [] };
    return {
      web_search: null,
      warnings: [`no web search: ${name} has no ${wanted} one; web_search = "live" searches the web as it is`],
    };
  }
  return { web_search: null, warnings: [`no web search: ${name} hosts none that moat can use`] };
}
