import { MAX_LEVELS } from "../../base/index.ts";
import type { ToolHost } from "../../tools/index.ts";
import { Lines } from "./lines.ts";
import { isTooDeep, MAX_BURST_BYTES, type Message, megabytes, parseMessages } from "./message.ts";
import type { Listener, Transport } from "./transport.ts";

/** Bytes of what a server says on stderr that are kept to explain its end. */
const STDERR_BYTES = 2000;
/** Characters of text on stdout that are shown: it belongs on stderr, and says what went wrong all the same. */
const NOISE_CHARS = 200;

/** A server that was started, or why not. */
export type OpenedServer = { ok: true; transport: Transport; noise(): string | null } | { ok: false; message: string };

/** Starts a program and speaks with it over its standard input and output: one message a line. */
export async function openStdio(
  start: ToolHost["start"],
  program: Omit<Parameters<ToolHost["start"]>[0], "on_output">,
  listener: Listener,
): Promise<OpenedServer> {
  const ears = new Ears(listener);
  const started = await start({ ...program, on_output: (bytes, from) => ears.hear(bytes, from) });
  if (!started.ok) return started;
  const { process } = started;
  ears.stop = () => void process.stop();
  process.ended.then(({ exit_code }) => listener.closed(ears.ending(exit_code)));
  const transport: Transport = {
    kind: "stdio",
    async send(message) {
      ears.asked();
      await process.write(`${JSON.stringify(message)}\n`);
      return { ok: true };
    },
    agreed: () => {},
    listen: () => {},
    close() {
      process.closeInput();
      process.stop();
    },
  };
  return { ok: true, transport, noise: () => ears.noise };
}

/** Reads what a server prints. What is no message is kept for people; what is too much ends it. */
class Ears {
  stop: () => void = () => {};
  noise: string | null = null;
  readonly #listener: Listener;
  readonly #lines: Lines;
  readonly #decoder = new TextDecoder();
  #stderr = "";
  #burst = 0;
  #ended: string | null = null;

  constructor(listener: Listener) {
    this.#listener = listener;
    this.#lines = new Lines(
      (line) => this.#line(line),
      (why) => this.#end(why),
    );
  }

  hear(bytes: Uint8Array, from: "stdout" | "stderr"): null {
    this.#burst += bytes.length;
    if (this.#ended !== null) return null;
    if (from === "stderr")
      this.#stderr = (this.#stderr + this.#decoder.decode(bytes, { stream: true })).slice(-STDERR_BYTES);
    else this.#lines.push(bytes);
    if (this.#burst > MAX_BURST_BYTES)
      this.#end(`it sent more than ${megabytes(MAX_BURST_BYTES)} that nobody had asked for`);
    return null;
  }

  /** Something was asked: what comes now has a reason. */
  asked(): void {
    this.#burst = 0;
  }

  ending(exit_code: number): string {
    const said = this.#stderr.trim();
    return this.#ended ?? `it ended with exit code ${exit_code}${said === "" ? "" : `: ${said}`}`;
  }

  #line(line: string): void {
    if (line.trim() === "") return;
    if (isTooDeep(line)) {
      this.#end(`it sent a message of more than ${MAX_LEVELS} levels`);
      return;
    }
    const messages: Message[] | null = parseMessages(line);
    if (messages === null) this.noise ??= line.slice(0, NOISE_CHARS);
    for (const message of messages ?? []) this.#listener.message(message);
  }

  #end(why: string): void {
    if (this.#ended !== null) return;
    this.#ended = `${why}, and was stopped`;
    this.#listener.closed(this.#ended);
    this.stop();
  }
}
