import type { ProviderSettings } from "./contract.ts";
import { StatusError } from "./failure.ts";

/** Most of an error's body that is read; a real message is far shorter. */
const MAX_ERROR_BYTES = 64 * 1024;

/** `fetch` as the SDKs take it. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * The `fetch` that both SDKs are given. Bun's own timeout is off (it would cut a silent stream; silence is watched by
 * us), and an answer that is not 2xx becomes a `StatusError` with its body, before an SDK reads its own meaning into it.
 */
export function createFetch(_provider: ProviderSettings): Fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, timeout: false } as RequestInit);
    if (response.ok) return response;
    throw new StatusError(response.status, response.headers, await readStart(response));
  };
}

async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= MAX_ERROR_BYTES) break;
    }
  } catch {
    // The status says enough; the rest of the message is lost with its connection.
  }
  return text.slice(0, MAX_ERROR_BYTES);
}
