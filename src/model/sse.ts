import { createParser } from "eventsource-parser";
import { freeBytes } from "../base/index.ts";

/**
 * Most characters that one event may have. The largest known events carry a whole response with images (tens of MB);
 * without a bound a broken server could fill the memory.
 */
const MAX_EVENT_CHARS = 128 * 1024 * 1024;

/**
 * Bytes after which a chunk is cut at a line end. The text of a piece lives until the engine collects it, and a piece that ends in the middle
 * of a line is joined with the next one: with a chunk of 64 KB as a whole there are two texts of that size for each.
 */
const PIECE_BYTES = 4096;
const LF = 10;

/**
 * Characters of an event before which what the stream left behind is collected, once: a long answer comes whole at its end, three times,
 * and a dozen copies of it are made from then on. Collecting takes 4 ms, as much as a thousand deltas.
 */
const LARGE_EVENT = 256 * 1024;
/** Characters of one before which it is worth it each time: what the one before left behind has several times as many bytes. */
const HUGE_EVENT = 4 * 1024 * 1024;

/** Bytes of a body after which what they left behind is collected: four times in 50,000 deltas, for no more CPU time than twice. The engine by itself waits for 11 MB. */
const GARBAGE_BYTES = 2_500_000;

function collect(): true {
  Bun.gc(true);
  return true;
}

/** Thrown out of `feed` when one event is larger than the bound. */
export class EventTooLarge extends Error {}

/** Reads server-sent events out of the bytes of a body, however they are cut. */
export interface SseReader {
  /**
   * Takes a chunk over, whose memory is given back. False when it holds line breaks only and ends no event: such keep-alives of
   * proxies are no sign of the server's life.
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
  let collected = false;
  let garbage = 0;
  const parser = createParser({
    maxBufferSize,
    onEvent: (event) => {
      dispatched = true;
      if (event.data.length > (collected ? HUGE_EVENT : LARGE_EVENT)) collected = collect();
      onEvent(event.data, event.event);
    },
    onError: (error) => {
      if (error.type === "max-buffer-size-exceeded") throw new EventTooLarge(error.message);
    },
  });
  return {
    feed(chunk) {
      dispatched = false;
      const blank = isBlank(chunk);
      for (let at = 0; at < chunk.length; ) {
        const end = chunk.indexOf(LF, at + PIECE_BYTES) + 1 || chunk.length;
        parser.feed(decoder.decode(chunk.subarray(at, end), { stream: true }));
        at = end;
      }
      garbage += chunk.length;
      freeBytes(chunk);
      if (garbage > GARBAGE_BYTES) {
        garbage = 0;
        collect();
      }
      return dispatched || !blank;
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
