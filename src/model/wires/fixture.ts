import { fileURLToPath } from "node:url";
import type { ProviderSettings } from "../contract.ts";
import { StreamError } from "../failure.ts";
import type { Hooks } from "../hooks.ts";
import { createResponsesDecoder } from "./responses-decoder.ts";
import type { Wire } from "./wire.ts";

/**
 * An offline stream: every request is answered with the events of the file that `base_url` names. As in the seed's
 * CODEX_RS_SSE_FIXTURE each line of it is an event of its own (`data: {…}`), whether blank lines follow or not.
 */
export function createFixtureWire(provider: ProviderSettings, hooks: Hooks): Wire {
  const path = fileURLToPath(provider.base_url);
  return {
    capabilities: { custom_tools: true, images: true, output_schema: true },
    body: () => ({}),
    async open() {
      const text = await readFixture(path);
      const lines = text.split("\n");
      return new Response(lines.map((line) => `${line.trimEnd()}\n\n`).join(""));
    },
    decoder: (request) => createResponsesDecoder(request.tools, hooks.now),
  };
}

async function readFixture(path: string): Promise<string> {
  try {
    return await Bun.file(path).text();
  } catch (error) {
    const message = `the offline stream (MOAT_SSE_FIXTURE) cannot be read: ${(error as Error).message}`;
    throw new StreamError({ kind: "invalid_request", message, retryable: false }, "request");
  }
}
