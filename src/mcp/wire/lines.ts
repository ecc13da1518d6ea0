import { MAX_MESSAGE_BYTES, megabytes } from "./message.ts";

const NEWLINE = 0x0a;

/** Cuts a stream of bytes into lines. A line that is too long is told once, and nothing more is read. */
export class Lines {
  readonly #on_line: (line: string) => void;
  readonly #on_overflow: (why: string) => void;
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #over = false;

  constructor(on_line: (line: string) => void, on_overflow: (why: string) => void) {
    this.#on_line = on_line;
    this.#on_overflow = on_overflow;
  }

  push(bytes: Uint8Array): void {
    let start = 0;
    while (!this.#over) {
      const end = bytes.indexOf(NEWLINE, start);
      this.#keep(bytes.subarray(start, end === -1 ? bytes.length : end));
      if (end === -1 || this.#over) return;
      const line = Buffer.concat(this.#parts).toString("utf8");
      this.#parts = [];
      this.#bytes = 0;
      this.#on_line(line);
      start = end + 1;
    }
  }

  /** A copy: whoever gave the bytes may use their place again. */
  #keep(part: Uint8Array): void {
    this.#bytes += part.length;
    if (this.#bytes > MAX_MESSAGE_BYTES) {
      this.#over = true;
      this.#parts = [];
      this.#on_overflow(`it sent a message of more than ${megabytes(MAX_MESSAGE_BYTES)}`);
    } else if (part.length > 0) this.#parts.push(Uint8Array.from(part));
  }
}
