import { freeBytes } from "../base/index.ts";
import { decoderFor, ENCODING_SAMPLE_BYTES } from "./decode.ts";

/** What was kept of a stream whose length nobody knew beforehand. */
export interface Captured {
  /** All of it, or its head and tail with a line between them that counts what is missing. */
  text: string;
  total_bytes: number;
  /** Line ends in all of it, kept or not. */
  total_lines: number;
  omitted_bytes: number;
}

const NEWLINE = 0x0a;

/**
 * Keeps the first and the last `limit / 2` bytes of a stream in bounded memory, without ever joining chunks while it
 * runs. Everything is counted, so that what is left out is said and not hidden.
 */
export class Capture {
  readonly #half: number;
  #head: Uint8Array[] = [];
  #headBytes = 0;
  #tail: Uint8Array[] = [];
  #tailBytes = 0;
  #total = 0;
  #lines = 0;

  /** @param limit bytes that are kept in all */
  constructor(limit: number) {
    this.#half = Math.floor(limit / 2);
  }

  /** Takes a chunk over: nobody else may look at it from then on, as its memory is given back once it is not kept. */
  add(chunk: Uint8Array): void {
    this.#total += chunk.length;
    this.#lines += countLines(chunk);
    const room = this.#half - this.#headBytes;
    if (room > 0) {
      this.#head.push(chunk.slice(0, room));
      this.#headBytes += Math.min(room, chunk.length);
    }
    if (chunk.length > room) this.#addToTail(chunk.subarray(Math.max(room, 0)));
  }

  #addToTail(chunk: Uint8Array): void {
    // A copy is made only of a chunk that would hold much more memory than it has bytes.
    const last = chunk.subarray(-this.#half);
    const kept = last.length * 2 < chunk.buffer.byteLength ? last.slice() : last;
    this.#tail.push(kept);
    this.#tailBytes += kept.length;
    let drop = 0;
    for (const first of this.#tail) {
      if (this.#tailBytes - first.length < this.#half) break;
      this.#tailBytes -= first.length;
      freeBytes(first);
      drop++;
    }
    if (drop > 0) this.#tail.splice(0, drop);
  }

  /** What was kept, as text: of UTF-8, or of what the bytes most likely are. */
  async finish(): Promise<Captured> {
    const tail = Buffer.concat(this.#tail).subarray(-this.#half);
    const omitted = this.#total - this.#headBytes - tail.length;
    const head = Buffer.concat(this.#head);
    for (const kept of [...this.#head.splice(0), ...this.#tail.splice(0)]) freeBytes(kept);
    const text = omitted === 0 ? await decoded(head, tail) : await decodedApart(head, omitted, tail);
    return { text, total_bytes: this.#total, total_lines: this.#lines, omitted_bytes: omitted };
  }
}

async function decoded(...parts: Uint8Array[]): Promise<string> {
  const bytes = Buffer.concat(parts);
  return textFrom(bytes, await decoderFor(bytes));
}

async function decodedApart(head: Uint8Array, omitted: number, tail: Uint8Array): Promise<string> {
  const samples = [head, tail].map((part) => part.subarray(0, ENCODING_SAMPLE_BYTES));
  const decoder = await decoderFor(Buffer.concat(samples));
  return `${textFrom(head, decoder)}\n... ${omitted} bytes omitted ...\n${textFrom(tail, decoder)}`;
}

function textFrom(bytes: Uint8Array, decoder: TextDecoder): string {
  const text = decoder.decode(bytes);
  freeBytes(bytes);
  return text;
}

/** Bytes of a line that is long enough to look for its end instead of at each byte: where the two cost the same. */
const LONG_LINE_BYTES = 32;

function countLines(chunk: Uint8Array): number {
  const many = chunk.length / LONG_LINE_BYTES;
  let count = 0;
  let at = chunk.indexOf(NEWLINE);
  for (; at !== -1 && count < many; at = chunk.indexOf(NEWLINE, at + 1)) count++;
  if (at === -1) return count;
  for (; at < chunk.length; at++) if (chunk[at] === NEWLINE) count++;
  return count;
}
