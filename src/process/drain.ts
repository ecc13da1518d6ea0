import { freeBytes } from "../base/index.ts";
import { enlarge } from "../sandbox/index.ts";
import { readFlood } from "./flood.ts";

/** ms of silence after which a command that has ended is read no longer: what it printed before lies in its pipe. */
const SILENCE_MS = 1000;
/** Bytes that are read after it has ended, at most: more than a large pipe and a stream hold. */
const LATE_BYTES = 2 * 1024 * 1024;
/** Bytes that come without a pause from which on a pipe is read as a flood is: four times what it holds. */
const FLOOD_BYTES = 256 * 1024;

/** What a command prints into. */
export interface OutputSource {
  /** A stream of what was not read yet. */
  open(): ReadableStream<Uint8Array>;
  /** The pipe that such a stream reads; null: it cannot be read without. */
  pipe: number | null;
}

/**
 * Reads to the end, whatever happens: a pipe that nobody reads would stop the command. Once it has `ended` nothing of it writes any
 * more, but what could not be ended with it (sudo, as an ordinary user) may hold the pipe for ever: that is waited for a little.
 * @param take gets each chunk, only lent; a promise holds the command back, and false wants no more
 */
export async function drain(
  { open, pipe }: OutputSource,
  take: (chunk: Uint8Array) => Promise<void> | null | false,
  ended: Promise<unknown>,
): Promise<void> {
  let reader = open().getReader();
  const late = new Late(() => void reader.cancel());
  ended.then(() => late.begin());
  const wantsMore = (chunk: Uint8Array) => {
    const enough = late.isEnough(chunk.length);
    const full = take(chunk);
    if (full === null || full === false) return full === null && !enough;
    return full.then(() => !enough);
  };
  let came = 0;
  for (;;) {
    const next = reader.read();
    if (pipe !== null && came >= FLOOD_BYTES && (await isWaiting(next)) && enlarge(pipe)) {
      void reader.cancel();
      if ((await readFlood(pipe, wantsMore)) !== "quiet") return;
      came = 0;
      reader = open().getReader();
      continue;
    }
    const { done, value } = await late.within(next);
    if (done) return;
    came += value.length;
    const more = await wantsMore(value);
    freeBytes(value);
    if (!more) return await reader.cancel();
  }
}

/** A stream that has read ahead answers before anything else happens: one that still waits then holds nothing, and can be left. */
async function isWaiting(next: Promise<unknown>): Promise<boolean> {
  await new Promise(setImmediate);
  return Bun.peek.status(next) === "pending";
}

/** What is still read of a command that has ended. */
class Late {
  readonly #giveUp: () => void;
  #begun = false;
  #reading = false;
  #bytes = 0;
  #timer: Timer | null = null;

  constructor(giveUp: () => void) {
    this.#giveUp = giveUp;
  }

  begin(): void {
    this.#begun = true;
    if (this.#reading) this.#start();
  }

  /** A reader that holds us up is no silence of the command's. */
  async within<T>(reading: Promise<T>): Promise<T> {
    this.#reading = true;
    if (this.#begun) this.#start();
    const result = await reading;
    this.#reading = false;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    return result;
  }

  isEnough(bytes: number): boolean {
    if (this.#begun) this.#bytes += bytes;
    return this.#bytes > LATE_BYTES;
  }

  #start(): void {
    this.#timer = setTimeout(this.#giveUp, SILENCE_MS);
  }
}
