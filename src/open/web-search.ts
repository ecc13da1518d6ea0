import type { Config } from "../config/index.ts";
import type { ThreadSettings } from "../core/index.ts";
import type { ProviderSettings } from "../model/index.ts";

/** Web search as the thread has it, with sentences where it was wanted and cannot be had. */
export interface HostedSearch {
  web_search: ThreadSettings["web_search"];
  warnings: string[];
}

/** OpenAI hosts a search on its own wire; what other providers host, they host in forms that moat does not speak. */
export function webSearch({ web_search: wanted }: Config, { id, name, wire_api }: ProviderSettings): HostedSearch {
  if (wanted === "disabled") return { web_search: null, warnings: [] };
  if (id === "openai" && wire_api === "responses") {
    return { web_search: wanted === "live" ? "live" : "cached", warnings: [] };
  }
  return { web_search: null, warnings: [`no web search: ${name} hosts none that moat can use`] };
}
