import type { JsonObject } from "../../protocol/index.ts";
import { readBody, readEvents } from "./body.ts";
import { nameHeaders } from "./headers.ts";
import { type Message, parseMessages } from "./message.ts";
import type { Listener, Sent, Transport } from "./transport.ts";

/** Sends a request over HTTP, as `fetch` does. */
export type HttpFetch = (url: string, init: RequestInit) => Promise<Response>;

/** Where a server is, and what opens it. */
export interface HttpServer {
  url: string;
  /** Sent with every request. */
  headers: Readonly<Record<string, string>>;
  /** The token of a login; null: there is none. `refused`: what the server said of the last one, when it did not take it. */
  token(refused: Response | null): Promise<string | null>;
  /** Told what the server says where the token is not enough. */
  wants(challenge: string): void;
  fetch: HttpFetch;
}

/** Redirections that are followed, and only to the same origin: the headers hold what opens the server. */
const MOST_REDIRECTIONS = 3;
/** Characters of an error page that are shown. */
const SHOWN = 300;

/** Speaks with a server over HTTP: each message is a POST, whose answer is JSON or a stream of events. */
export function openHttp(server: HttpServer, listener: Listener): Transport {
  return new HttpTransport(server, listener);
}

class HttpTransport implements Transport {
  readonly kind = "http";
  readonly #server: HttpServer;
  readonly #listener: Listener;
  readonly #closed = new AbortController();
  #session: string | null = null;
  #version: string | null = null;
  #modern = false;

  constructor(server: HttpServer, listener: Listener) {
    this.#server = server;
    this.#listener = listener;
  }

  agreed(version: string, modern: boolean): void {
    this.#version = version;
    this.#modern = modern;
  }

  async send(message: Message, signal: AbortSignal, mirrored: Readonly<Record<string, string>> = {}): Promise<Sent> {
    // The end of the connection says it already.
    if (this.#modern && message.method === "notifications/cancelled") return { ok: true };
    const ended = AbortSignal.any([signal, this.#closed.signal]);
    try {
      const response = await this.#post(message, mirrored, ended);
      return await this.#take(response, message, ended);
    } catch (error) {
      return { ok: false, message: unreachable(error) };
    }
  }

  /** The stream of what the older revision sends by itself. A server need not have one. */
  listen(): void {
    if (this.#modern) return;
    const get = async () => {
      const headers = { ...this.#headers(), accept: "text/event-stream" };
      const response = await this.#fetch({ method: "GET", headers, signal: this.#closed.signal }, null);
      if (response.ok && isEvents(response)) await readEvents(response, (data) => this.#receive(data));
      else await response.body?.cancel();
    };
    get().catch(() => {});
  }

  close(): void {
    if (this.#session !== null)
      this.#server
        .fetch(this.#server.url, {
          method: "DELETE",
          headers: this.#headers(),
          signal: AbortSignal.timeout(CLOSE_MS),
          redirect: "error",
        })
        .catch(() => {});
    this.#closed.abort();
    this.#listener.closed("it was closed");
  }

  #headers(): Record<string, string> {
    return {
      ...this.#server.headers,
      ...(this.#version === null ? {} : { "mcp-protocol-version": this.#version }),
      ...(this.#session === null ? {} : { "mcp-session-id": this.#session }),
    };
  }

  async #post(message: Message, mirrored: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
    const meta = versionOf(message);
    const headers = {
      ...this.#headers(),
      ...mirrored,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...(meta === null ? {} : { "mcp-protocol-version": meta, ...nameHeaders(message) }),
    };
    const init = { method: "POST", headers, body: JSON.stringify(message), signal };
    const first = await this.#fetch(init, null);
    const challenge = first.headers.get("www-authenticate") ?? "";
    if (first.status === 403 && challenge !== "") this.#server.wants(challenge);
    if (first.status !== 401) return first;
    const again = await this.#server.token(first);
    if (again === null) return first;
    await first.body?.cancel();
    return this.#fetch(init, again);
  }

  async #fetch(init: RequestInit & { headers: Record<string, string> }, fresh: string | null): Promise<Response> {
    const token = fresh ?? (await this.#server.token(null));
    const headers = { ...init.headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
    let url = this.#server.url;
    for (let hops = 0; ; hops++) {
      const response = await this.#server.fetch(url, { ...init, headers, redirect: "manual" });
      const next = redirection(response, url);
      if (next === null || hops >= MOST_REDIRECTIONS) return response;
      url = next;
    }
  }

  async #take(response: Response, message: Message, signal: AbortSignal): Promise<Sent> {
    this.#session = response.headers.get("mcp-session-id") ?? this.#session;
    if (isEvents(response) && response.ok) return this.#stream(response, message, signal);
    const body = await readBody(response);
    if (!body.ok) return body;
    if (response.ok && (body.text.trim() === "" || message.id === undefined)) return { ok: true };
    if (this.#receive(body.text, message) !== null) return { ok: true };
    if (response.status === 404 && this.#session !== null) this.#listener.closed("it has forgotten the session");
    return refusal(response, body.text);
  }

  /** Reads a stream until it has the answer. Older servers may end it before, and go on in another one from where it ended. */
  async #stream(first: Response, message: Message, signal: AbortSignal): Promise<Sent> {
    let answered = false;
    const take = (data: string) => {
      for (const one of this.#receive(data) ?? []) answered ||= one.method === undefined && one.id === message.id;
    };
    let response = first;
    for (let again = 0; again <= MOST_RESUMPTIONS; again++) {
      const read = await readEvents(response, take);
      if (!read.ok) return read;
      if (answered || read.last_id === null || this.#modern) break;
      await sleep(Math.min(read.retry_ms ?? RETRY_MS, MAX_RETRY_MS), signal);
      const headers = { ...this.#headers(), accept: "text/event-stream", "last-event-id": read.last_id };
      response = await this.#fetch({ method: "GET", headers, signal }, null);
      if (!response.ok || !isEvents(response)) break;
    }
    return { ok: true };
  }

  /** Hands on what a text holds. An error without a number is the answer to what was just sent. */
  #receive(text: string, sent?: Message): Message[] | null {
    const messages = parseMessages(text);
    for (const one of messages ?? []) {
      const own = one.id === null && one.error && sent ? { ...one, id: sent.id ?? null } : one;
      this.#listener.message(own);
    }
    return messages;
  }
}

/** Times that a stream is taken up again, and ms before each: the server's own wish, within reason. */
const MOST_RESUMPTIONS = 20;
const RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;

/** Waits; rejects as `fetch` does when it is not to go on. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = () => reject(new DOMException("aborted", "AbortError"));
  signal.addEventListener("abort", stop, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  });
}

/** ms that a server has to take the word that a session is over. */
const CLOSE_MS = 1000;

const isEvents = (response: Response) =>
  (response.headers.get("content-type") ?? "").toLowerCase().startsWith("text/event-stream");

function refusal({ status, ok, headers }: Response, text: string): Sent & { ok: false } {
  if (status === 401) return { ok: false, message: "it wants a login (HTTP 401)", login: true };
  if (status === 403 && (headers.get("www-authenticate") ?? "").includes("insufficient_scope"))
    return { ok: false, message: "it wants a login that may do more (HTTP 403)", login: true };
  if (ok) return { ok: false, message: "it answered with something else than MCP" };
  const said = text.replace(/\s+/g, " ").trim().slice(0, SHOWN);
  return { ok: false, message: `it answered HTTP ${status}${said === "" ? "" : `: ${said}`}` };
}

function unreachable(error: unknown): string {
  const { name, message } = error as Error;
  if (name === "AbortError" || name === "TimeoutError") return "cancelled";
  return `it cannot be reached: ${message}`;
}

/** Where an answer leads on; null: nowhere, or to another origin. */
function redirection(response: Response, from: string): string | null {
  const place = response.headers.get("location");
  // 307 and 308 keep the method and the body.
  if ((response.status !== 307 && response.status !== 308) || place === null || !URL.canParse(place, from)) return null;
  const url = new URL(place, from);
  return url.origin === new URL(from).origin ? url.href : null;
}

/** The revision that a message of the newer kind says of itself. */
function versionOf({ params }: Message): string | null {
  const meta = params?._meta as JsonObject | undefined;
  const version = meta?.["io.modelcontextprotocol/protocolVersion"];
  return typeof version === "string" ? version : null;
}
