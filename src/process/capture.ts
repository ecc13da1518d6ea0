import { freeBytes } from "../base/index.ts";
import { countLines } from "./count-lines.ts";
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

/** Room grows with what comes up to this; an output that has more gets all the room that it may take. */
const SMALL_BYTES = 64 * 1024;

/**
 * Keeps the first and the last `limit / 2` bytes of a stream in bounded memory, the last ones in a ring behind the first ones.
 * Everything is counted, so that what is left out is said and not hidden.
 */
export class Capture {
  readonly #half: number;
  #kept = new Uint8Array();
  /** Where the next byte is put. */
  #at = 0;
  #total = 0;
  #lines = 0;

  /** @param limit bytes that are kept in all */
  constructor(limit: number) {
    this.#half = Math.floor(limit / 2);
  }

  /** What is kept of a chunk is copied. */
  add(chunk: Uint8Array): void {
    const head = Math.max(this.#half - this.#total, 0);
    this.#total += chunk.length;
    this.#lines += countLines(chunk);
    this.#put(chunk.subarray(0, head));
    this.#put(chunk.subarray(Math.max(head, chunk.length - this.#half)));
  }

  #put(bytes: Uint8Array): void {
    const end = this.#half * 2;
    for (let from = 0; from < bytes.length; ) {
      if (this.#at === end) this.#at = this.#half;
      const part = bytes.subarray(from, from + end - this.#at);
      this.#makeRoom(this.#at + part.length);
      this.#kept.set(part, this.#at);
      this.#at += part.length;
      from += part.length;
    }
  }

  #makeRoom(bytes: number): void {
    const had = this.#kept;
    if (bytes <= had.length) return;
    const most = this.#half * 2;
    this.#kept = new Uint8Array(bytes > SMALL_BYTES ? most : Math.min(Math.max(bytes, had.length * 2), most));
    this.#kept.set(had);
    freeBytes(had);
  }

  /** What was kept, as text: of UTF-8, or of what the bytes most likely are. Nothing can be added any more. */
  async finish(): Promise<Captured> {
    const { kept, half, at } = { kept: this.#kept, half: this.#half, at: this.#at };
    const omitted = Math.max(this.#total - half * 2, 0);
    const text = omitted === 0 ? await decoded(kept.subarray(0, at)) : await decodedApart(kept, half, at, omitted);
    freeBytes(kept);
    return { text, total_bytes: this.#total, total_lines: this.#lines, omitted_bytes: omitted };
  }
}

async function decoded(bytes: Uint8Array): Promise<string> {
  return (await decoderFor(bytes)).decode(bytes);
}

/** @param at where the ring, which is the second half, begins and ends */
async function decodedApart(kept: Uint8Array, half: number, at: number, omitted: number): Promise<string> {
  const head = kept.subarray(0, half);
  const tail = Buffer.concat([kept.subarray(at), kept.subarray(half, at)]);
  const samples = [head, tail].map((part) => part.subarray(0, ENCODING_SAMPLE_BYTES));
  const decoder = await decoderFor(Buffer.concat(samples));
  const text = `${decoder.decode(head)}\n... ${omitted} bytes omitted ...\n${decoder.decode(tail)}`;
  freeBytes(tail);
  return text;
}
