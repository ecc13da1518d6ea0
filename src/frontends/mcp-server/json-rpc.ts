/** Codes of JSON-RPC 2.0, and that of MCP for a revision which is not spoken. */
export const FAULTS = {
  parse: -32700,
  invalid_request: -32600,
  unknown_method: -32601,
  invalid_params: -32602,
  internal: -32603,
  unsupported_revision: -32022,
} as const;

/** What a request is answered with in the place of a result. */
export class RpcFault extends Error {
  override name = "RpcFault";
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

type Id = string | number;

/** A request of the other side while it is worked on. */
export interface IncomingCall {
  method: string;
  params: Fields;
  /** Aborts when the caller cancels the request, or is gone. */
  signal: AbortSignal;
}

/** What a line of JSON-RPC is. */
type Incoming =
  | { kind: "request"; id: Id; method: string; params: Fields }
  | { kind: "notification"; method: string; params: Fields }
  | { kind: "answer"; id: Id; result: Fields | null }
  | { kind: "wrong"; code: number; message: string };

/** A JSON object, as it came or is sent. */
export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads one line; null stands for one that was too long to be kept. */
function readLine(line: string | null): Incoming {
  if (line === null) return { kind: "wrong", code: FAULTS.invalid_request, message: "the message is too long" };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { kind: "wrong", code: FAULTS.parse, message: error instanceof Error ? error.message : "this is no JSON" };
  }
  return (
    (isFields(value) ? readMessage(value) : null) ?? {
      kind: "wrong",
      code: FAULTS.invalid_request,
      message: "this is no JSON-RPC message",
    }
  );
}

function readMessage({ jsonrpc, id, method, params, result, error }: Fields): Incoming | null {
  if (jsonrpc !== "2.0" || (id !== undefined && typeof id !== "string" && typeof id !== "number")) return null;
  const given = isFields(params) ? params : {};
  if (typeof method === "string") {
    if (params !== undefined && !isFields(params)) return null;
    return id === undefined
      ? { kind: "notification", method, params: given }
      : { kind: "request", id, method, params: given };
  }
  if (id === undefined || (result === undefined) === (error === undefined)) return null;
  return { kind: "answer", id, result: isFields(result) ? result : null };
}

/** JSON-RPC over lines, as a server: answers requests, and asks some itself. What is no message is answered with an error. */
export class JsonRpc {
  readonly #send: (message: object) => void;
  readonly #answer: (call: IncomingCall) => Promise<Fields>;
  readonly #running = new Map<Id, AbortController>();
  readonly #asked = new Map<Id, (result: Fields | null) => void>();
  #next = 0;
  #open = true;

  /** @param answer gives the result of a request, or throws an `RpcFault` */
  constructor(send: (message: object) => void, answer: (call: IncomingCall) => Promise<Fields>) {
    this.#send = send;
    this.#answer = answer;
  }

  /** Reads to the end of the input, or until `signal` aborts; then everything that was begun is aborted. */
  async read(lines: AsyncIterable<string | null>, signal: AbortSignal): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([this.#readAll(lines), stopped]);
    this.#open = false;
    for (const call of this.#running.values()) call.abort();
    for (const settle of this.#asked.values()) settle(null);
  }

  notify(method: string, params: Fields): void {
    this.#write({ method, params });
  }

  /** Asks the other side; null: it answered with an error, cannot be asked any more, or nobody waits for it. */
  request(method: string, params: Fields, signal: AbortSignal): Promise<Fields | null> {
    const id = `moat-${++this.#next}`;
    const { promise, resolve } = Promise.withResolvers<Fields | null>();
    if (!this.#open || signal.aborted) return Promise.resolve(null);
    this.#asked.set(id, resolve);
    const cancel = () => {
      this.notify("notifications/cancelled", { requestId: id });
      resolve(null);
    };
    signal.addEventListener("abort", cancel, { once: true });
    this.#write({ id, method, params });
    return promise.finally(() => {
      this.#asked.delete(id);
      signal.removeEventListener("abort", cancel);
    });
  }

  async #readAll(lines: AsyncIterable<string | null>): Promise<void> {
    for await (const line of lines) {
      if (!this.#open) return;
      if (line !== null && line.trim() === "") continue;
      this.#take(readLine(line));
    }
  }

  #take(message: Incoming): void {
    if (message.kind === "wrong") {
      const { code, message: why } = message;
      this.#write({ id: null, error: { code, message: why } });
    } else if (message.kind === "request") void this.#serve(message);
    else if (message.kind === "answer") this.#asked.get(message.id)?.(message.result);
    else if (message.method === "notifications/cancelled") {
      const { requestId } = message.params;
      if (typeof requestId === "string" || typeof requestId === "number") this.#running.get(requestId)?.abort();
    }
  }

  async #serve({ id, method, params }: Incoming & { kind: "request" }): Promise<void> {
    const abort = new AbortController();
    this.#running.set(id, abort);
    try {
      const result = await this.#answer({ method, params, signal: abort.signal });
      // Who cancelled a request wants no answer to it.
      if (!abort.signal.aborted) this.#write({ id, result });
    } catch (error) {
      this.#write({ id, error: faultOf(error) });
    } finally {
      this.#running.delete(id);
    }
  }

  #write(message: object): void {
    if (this.#open) this.#send({ jsonrpc: "2.0", ...message });
  }
}

function faultOf(error: unknown): object {
  if (!(error instanceof RpcFault))
    return { code: FAULTS.internal, message: error instanceof Error ? error.message : String(error) };
  const { code, message, data } = error;
  return { code, message, ...(data === undefined ? {} : { data }) };
}
