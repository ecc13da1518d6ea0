import { createParser } from "eventsource-parser";

/**
 * Most characters that one event may have. The largest known events carry a whole response with images (tens of MB);
 * without a bound a broken server could fill the memory.
 */
const MAX_EVENT_CHARS = 128 * 1024 * 1024;

/** Thrown out of `feed` when one event is larger than the bound. */
export class EventTooLarge extends Error {}

/** Reads server-sent events out of the bytes of a body, however they are cut. */
export interface SseReader {
  /**
   * Takes a chunk. False when it holds line breaks only and ends no event: such keep-alives of proxies are no sign of the
   * server's life.
   */
  feed(chunk: Uint8Array): boolean;
  /** Takes what is left when the body ended without the blank line that closes an event. */
  finish(): void;
}

/** `onEvent` is called synchronously, once an event. */
export function createSseReader(
  onEvent: (data: string, name: string | undefined) => void,
  maxBufferSize = MAX_EVENT_CHARS,
): SseReader {
  const decoder = new TextDecoder();
  let dispatched = false;
  const parser = createParser({
    maxBufferSize,
    onEvent: (event) => {
      dispatched = true;
      onEvent(event.data, event.event);
    },
    onError: (error) => {
      if (error.type === "max-buffer-size-exceeded") throw new EventTooLarge(error.message);
    },
  });
  return {
    feed(chunk) {
      dispatched = false;
      parser.feed(decoder.decode(chunk, { stream: true }));
      return dispatched || !isBlank(chunk);
    },
    finish() {
      parser.feed(`${decoder.decode()}\n\n`);
    },
  };
}

function isBlank(chunk: Uint8Array): boolean {
  // Longer chunks of nothing but line breaks do not occur; looking at every byte of every chunk would cost.
  if (chunk.length > 4) return false;
  return chunk.every((byte) => byte === 10 || byte === 13);
}
