import { createParser } from "eventsource-parser";
import { MAX_BURST_BYTES, MAX_MESSAGE_BYTES, megabytes } from "./message.ts";

/** Text of an answer, or why it is not read. */
export type BodyText = { ok: true; text: string } | { ok: false; message: string };

/** Reads an answer whole, up to the size of one message. */
export async function readBody(response: Response): Promise<BodyText> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > MAX_MESSAGE_BYTES) return { ok: false, message: `it sent more than ${megabytes(MAX_MESSAGE_BYTES)}` };
    parts.push(part);
  }
  return { ok: true, text: Buffer.concat(parts).toString("utf8") };
}

/** How an event stream ended: where it could go on, and after how long (ms); or why it was broken off. */
export type EventsEnd = { ok: true; last_id: string | null; retry_ms: number | null } | { ok: false; message: string };

/** Reads an event stream to its end. */
export async function readEvents(response: Response, on_data: (data: string) => void): Promise<EventsEnd> {
  const decoder = new TextDecoder();
  let since = 0;
  let bytes = 0;
  let last_id: string | null = null;
  let retry_ms: number | null = null;
  const parser = createParser({
    onEvent({ data, id }) {
      since = 0;
      last_id = id ?? last_id;
      if (data !== "") on_data(data);
    },
    onRetry(ms) {
      retry_ms = ms;
    },
  });
  for await (const part of response.body ?? []) {
    since += part.length;
    bytes += part.length;
    if (bytes > MAX_BURST_BYTES) return tooMuch(`more than ${megabytes(MAX_BURST_BYTES)} in one answer`);
    parser.feed(decoder.decode(part, { stream: true }));
    if (since > MAX_MESSAGE_BYTES) return tooMuch(`a message of more than ${megabytes(MAX_MESSAGE_BYTES)}`);
  }
  return { ok: true, last_id, retry_ms };
}

const tooMuch = (what: string): EventsEnd => ({ ok: false, message: `it sent ${what}` });
