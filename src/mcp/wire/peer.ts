import type { Json, JsonObject } from "../../protocol/index.ts";
import { type Message, RPC, type RpcAnswer } from "./message.ts";
import type { Listener, Transport } from "./transport.ts";

/** How long a request may take, and how a person can stop it. */
export interface RequestLimits {
  timeout_ms: number;
  signal: AbortSignal;
  /** More headers, where the transport has any. */
  headers?: Readonly<Record<string, string>>;
}

/** What the other side wants of moat: a result, or null for what moat does not do. */
export type Incoming = (method: string, params: JsonObject) => Promise<JsonObject | null>;

/** Both directions of JSON-RPC over a transport: numbers of requests, answers, time limits, cancellation. */
export class Peer implements Listener {
  readonly #open = new Map<number, (answer: RpcAnswer) => void>();
  readonly #incoming: Incoming;
  readonly #notified: (method: string, params: JsonObject) => void;
  readonly #ended: (why: string) => void;
  #transport: Transport | null = null;
  #next = 0;
  #asking = 0;
  #over: string | null = null;

  constructor(
    incoming: Incoming,
    notified: (method: string, params: JsonObject) => void,
    ended: (why: string) => void,
  ) {
    this.#incoming = incoming;
    this.#notified = notified;
    this.#ended = ended;
  }

  /** The way that messages take. */
  use(transport: Transport): void {
    this.#transport = transport;
  }

  /** Why nothing can be asked any more; null: it can. */
  get over(): string | null {
    return this.#over;
  }

  /** Runs something during which time limits do not count: a person is asked. */
  async whileAsking<T>(work: () => Promise<T>): Promise<T> {
    this.#asking++;
    try {
      return await work();
    } finally {
      this.#asking--;
    }
  }

  /** Sends a request and waits for its answer. Never rejects. */
  async request(
    method: string,
    params: JsonObject,
    { timeout_ms, signal, headers }: RequestLimits,
  ): Promise<RpcAnswer> {
    const transport = this.#transport;
    if (transport === null || this.#over !== null) return lost(this.#over ?? "it is not connected");
    if (signal.aborted) return lost("cancelled");
    const id = this.#next++;
    const gone = new AbortController();
    const { promise, resolve } = Promise.withResolvers<RpcAnswer>();
    this.#open.set(id, resolve);
    const stop = (message: string) => {
      if (!this.#open.has(id)) return;
      if (method !== "initialize") this.#cancel(transport, id, message);
      gone.abort();
      resolve(lost(message));
    };
    const onAbort = () => stop("cancelled");
    signal.addEventListener("abort", onAbort, { once: true });
    const disarm = this.#arm(timeout_ms, () => stop(`no answer after ${timeout_ms / 1000} s`));
    transport.send({ jsonrpc: "2.0", id, method, params }, gone.signal, headers).then((sent) => {
      if (!sent.ok) resolve({ ok: false, code: null, message: sent.message, ...(sent.login ? { login: true } : {}) });
      else if (transport.kind === "http") resolve(lost("its answer ended without a result"));
    });
    const answer = await promise;
    this.#open.delete(id);
    disarm();
    signal.removeEventListener("abort", onAbort);
    return answer;
  }

  async notify(method: string, params?: JsonObject): Promise<void> {
    await this.#transport?.send(
      { jsonrpc: "2.0", method, ...(params ? { params } : {}) },
      new AbortController().signal,
    );
  }

  message(message: Message): void {
    if (message.method !== undefined) this.#asked(message, message.method);
    else if (typeof message.id === "number") {
      const { result, error } = message;
      const answer: RpcAnswer = error ? { ok: false, ...error } : { ok: true, result: result ?? {} };
      this.#open.get(message.id)?.(answer);
    }
  }

  closed(why: string): void {
    if (this.#over !== null) return;
    this.#over = why;
    for (const settle of this.#open.values()) settle(lost(why));
    this.#open.clear();
    this.#ended(why);
  }

  #asked({ id, params }: Message, method: string): void {
    if (id === undefined || id === null) this.#notified(method, params ?? {});
    else this.#respond(id, method, params ?? {});
  }

  async #respond(id: string | number, method: string, params: JsonObject): Promise<void> {
    const result = await this.#incoming(method, params);
    const error = { code: RPC.method_not_found, message: `moat does not do ${method}` };
    const said = result === null ? { error } : { result };
    await this.#transport?.send({ jsonrpc: "2.0", id, ...said }, new AbortController().signal);
  }

  /** Over HTTP, the newer revision takes the end of the connection for it; the older one and stdio are told. */
  #cancel(transport: Transport, requestId: number, reason: string): void {
    const params: Record<string, Json> = { requestId, reason };
    transport.send({ jsonrpc: "2.0", method: "notifications/cancelled", params }, AbortSignal.timeout(CANCEL_MS));
  }

  /** Calls back when the time is over; while a person is asked it begins anew. */
  #arm(timeout_ms: number, over: () => void): () => void {
    let timer: ReturnType<typeof setTimeout>;
    const start = () => {
      timer = setTimeout(() => (this.#asking > 0 ? start() : over()), timeout_ms);
    };
    start();
    return () => clearTimeout(timer);
  }
}

/** ms that a server has to take the word that something is cancelled; nobody waits for it. */
const CANCEL_MS = 2000;

const lost = (message: string): RpcAnswer => ({ ok: false, code: null, message });
