/** Longest line that is kept: a prompt with pictures has its place in it, and no sender can fill the memory. */
export const MAX_LINE_BYTES = 32 * 1024 * 1024;

/** Lines of a stream of bytes, without their ends; the last one needs none. null: a line that was longer than `max_bytes`. */
export async function* inputLines(
  stream: ReadableStream<Uint8Array>,
  max_bytes: number = MAX_LINE_BYTES,
): AsyncGenerator<string | null> {
  const line = new OpenLine(max_bytes);
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      line.add(chunk.subarray(from, end));
      yield line.take();
      from = end + 1;
    }
    line.add(chunk.subarray(from));
  }
  if (!line.empty) yield line.take();
}

const LF = 0x0a;

/** A line that is coming in. */
class OpenLine {
  readonly #max_bytes: number;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(max_bytes: number) {
    this.#max_bytes = max_bytes;
  }

  get empty(): boolean {
    return this.#bytes === 0;
  }

  add(part: Uint8Array): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#max_bytes) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  /** The whole line, and begins the next. */
  take(): string | null {
    const text = this.#bytes > this.#max_bytes ? null : Buffer.concat(this.#parts).toString().replace(/\r$/, "");
    this.#parts = [];
    this.#bytes = 0;
    return text;
  }
}
