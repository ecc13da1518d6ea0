import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server";

/** Codes of JSON-RPC 2.0. */
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;

/** The connection as the SDK reads and writes it, over lines of JSON. A line that is no message is answered with an error. */
export class LineTransport implements Transport {
  onclose?: () => void;
  onmessage?: NonNullable<Transport["onmessage"]>;
  /** Resolves when the input has ended, or the connection was closed. */
  readonly closed: Promise<void>;
  readonly #lines: AsyncIterable<string | null>;
  readonly #send: (message: object) => void;
  readonly #end: () => void;
  #open = true;

  constructor(lines: AsyncIterable<string | null>, send: (message: object) => void) {
    this.#lines = lines;
    this.#send = send;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#end = resolve;
  }

  async start(): Promise<void> {
    void this.#read();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#open) this.#send(message);
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#end();
    this.onclose?.();
  }

  async #read(): Promise<void> {
    for await (const line of this.#lines) {
      if (!this.#open) return;
      if (line !== null && line.trim() === "") continue;
      const read = readMessage(line);
      if (typeof read === "string") this.#refuse(line === null ? INVALID_REQUEST : PARSE_ERROR, read);
      else if (isMessage(read)) this.onmessage?.(read);
      else this.#refuse(INVALID_REQUEST, "this is no JSON-RPC message");
    }
    await this.close();
  }

  #refuse(code: number, message: string): void {
    this.#send({ jsonrpc: "2.0", id: null, error: { code, message } });
  }
}

/** What a line holds, or (a text) why it cannot be read. */
function readMessage(line: string | null): unknown {
  if (line === null) return "the message is too long";
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "string" ? null : value;
  } catch (error) {
    return error instanceof Error ? error.message : "this is no JSON";
  }
}

/** What the SDK can tell apart; whether its parameters are right, it sees itself. */
function isMessage(value: unknown): value is JSONRPCMessage {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  if (!("jsonrpc" in value) || value.jsonrpc !== "2.0") return false;
  const id = "id" in value ? value.id : undefined;
  if (id !== undefined && typeof id !== "string" && typeof id !== "number") return false;
  return "method" in value
    ? typeof value.method === "string"
    : id !== undefined && ("result" in value || "error" in value);
}
