/** ms of silence after which a command that has ended is read no longer: what it printed before lies in its pipe. */
const SILENCE_MS = 1000;
/** Bytes that are read after it has ended, at most: more than pipe and stream hold. */
const LATE_BYTES = 1024 * 1024;

/**
 * Reads to the end, whatever happens: a pipe that nobody reads would stop the command. Once it has `ended` nothing of it writes any
 * more, but what could not be ended with it (sudo, as an ordinary user) may hold the pipe for ever: that is waited for a little.
 * @param take gets each chunk; a promise holds the command back, and false wants no more
 */
export async function drain(
  stream: ReadableStream<Uint8Array>,
  take: (chunk: Uint8Array) => Promise<void> | null | false,
  ended: Promise<unknown>,
): Promise<void> {
  const reader = stream.getReader();
  const late = new Late(() => void reader.cancel());
  ended.then(() => late.begin());
  for (;;) {
    const { done, value } = await late.within(reader.read());
    if (done) return;
    const full = take(value);
    if (full) await full;
    if (full === false || late.isEnough(value.length)) return await reader.cancel();
  }
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
