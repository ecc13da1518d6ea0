import type { Framing } from "./head.ts";

/** What of a client's bytes goes on to the server. `broken`: the chunks are not what they have to be. */
export interface BodyPart {
  forward: Uint8Array;
  broken: boolean;
}

const NOTHING = new Uint8Array();
const [CR, LF] = [13, 10];
/** Digits of a chunk's size: 4 GB, far above what a client sends at once. */
const MAX_DIGITS = 8;

/**
 * Follows the body of a request, so that nothing behind its end reaches the server: that would be a second request, for which nobody
 * looked where it goes. Chunks are checked and go on as they are; extensions and trailers are refused.
 */
export class RequestBody {
  #left: number;
  /** Where in the chunks we are; `data` counts `#left` down, its line end included. */
  #at: "size" | "size-end" | "data" | "last" | "last-end" | "done";
  #digits = "";

  constructor(framing: Framing) {
    this.#left = framing.kind === "length" ? framing.bytes : 0;
    this.#at = framing.kind === "chunked" ? "size" : "done";
  }

  /** What of these bytes belongs to the body. */
  take(bytes: Uint8Array): BodyPart {
    if (this.#at === "done") {
      const forward = bytes.subarray(0, Math.min(bytes.length, this.#left));
      this.#left -= forward.length;
      return { forward, broken: false };
    }
    let index = 0;
    while (index < bytes.length && !this.#over) {
      const next = this.#step(bytes, index);
      if (next === null) return { forward: NOTHING, broken: true };
      index = next;
    }
    return { forward: bytes.subarray(0, index), broken: false };
  }

  get #over(): boolean {
    return this.#at === "done";
  }

  /** The index behind what was read; null where it is no chunk. */
  #step(bytes: Uint8Array, index: number): number | null {
    const byte = bytes[index] ?? 0;
    switch (this.#at) {
      case "size":
        return this.#size(byte) ? index + 1 : null;
      case "size-end":
        return byte === LF && this.#begin() ? index + 1 : null;
      case "data":
        return this.#data(bytes, index);
      case "last":
        this.#at = "last-end";
        return byte === CR ? index + 1 : null;
      case "last-end":
        this.#at = "done";
        return byte === LF ? index + 1 : null;
      case "done":
        return index;
    }
  }

  #size(byte: number): boolean {
    const character = String.fromCharCode(byte);
    if (byte === CR && this.#digits !== "") {
      this.#at = "size-end";
      return true;
    }
    this.#digits += character;
    return /[0-9a-f]/i.test(character) && this.#digits.length <= MAX_DIGITS;
  }

  #begin(): boolean {
    const size = Number.parseInt(this.#digits, 16);
    this.#digits = "";
    this.#at = size === 0 ? "last" : "data";
    this.#left = size === 0 ? 0 : size + 2;
    return true;
  }

  #data(bytes: Uint8Array, index: number): number | null {
    if (this.#left > 2) {
      const taken = Math.min(this.#left - 2, bytes.length - index);
      this.#left -= taken;
      return index + taken;
    }
    if (bytes[index] !== (this.#left === 2 ? CR : LF)) return null;
    this.#left -= 1;
    if (this.#left === 0) this.#at = "size";
    return index + 1;
  }
}
