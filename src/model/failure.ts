import type { Failure, FinalFailure, Json, Usage } from "../protocol/index.ts";
import { saysTooLong } from "./dialect/overflow.ts";
import { retryHint } from "./hints.ts";
import { at, numberIn, parseJson, string } from "./json.ts";

/**
 * A failed attempt, thrown inside the model code only. An error of our own, because p-retry gives up at once on a
 * TypeError, and under Bun a refused connection and a socket that is cut are TypeErrors.
 */
export class StreamError extends Error {
  readonly failure: Failure;
  /** `request`: before the stream began. `stream`: after. Each kind can have its own cap on retries. */
  readonly origin: "request" | "stream";

  /** What the server counted for the response that did not complete; null when it did not say. */
  readonly usage: Usage | null;

  /** Nothing ever answered at the address, and this time nobody was there: the address may be wrong. */
  readonly never_reached: boolean;

  constructor(failure: Failure, origin: "request" | "stream", usage: Usage | null = null, never_reached = false) {
    super(failure.message);
    this.failure = failure;
    this.origin = origin;
    this.usage = usage;
    this.never_reached = never_reached;
  }
}

/** An answer whose status says that there will be no stream; thrown by our `fetch`, so that both SDKs pass it on alike. */
export class StatusError extends Error {
  readonly status: number;
  readonly headers: Headers;
  /** The body as text, cut where it is long. */
  readonly body: string;
  /** Where the request went. */
  readonly url: string;

  constructor(status: number, headers: Headers, body: string, url: string) {
    super(`status ${status}`);
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.url = url;
  }
}

/** Prefix of every failure that leaves a response unfinished; the published CLI uses it and scripts look for it. */
export const DISCONNECTED = "stream disconnected before completion";

/** The stream or the connection broke. */
export function disconnected(what: string): Failure {
  return { kind: "stream_disconnected", message: `${DISCONNECTED}: ${what}`, retryable: true };
}

/** What a server's own account of an error comes to. `status` is null for errors inside a stream. */
export interface ServerError {
  status: number | null;
  code: string;
  type: string;
  message: string;
  headers: Headers | null;
  body: Json;
}

/** Classifies an answer by its status and by the code in its body. `now`: ms since 1970, for hints that are dates. */
export function failureOfStatus({ status, headers, body, url }: StatusError, now: number): Failure {
  const json = parseJson(body) ?? null;
  const document = Array.isArray(json) ? (json[0] ?? null) : json;
  const error = at(document, "error");
  const field = (name: string) => string(at(error, name)) ?? string(at(document, name)) ?? "";
  const said = serverMessage(document, body) || wordsFor(status);
  const message = status === 404 || status === 405 ? `${said} (${askedFor(url)})` : said;
  const fields = { status, headers, message, body: document };
  return classify({ ...fields, code: field("code"), type: field("type") || field("status") }, now);
}

/** What is told of an answer without a message. */
function wordsFor(status: number): string {
  const proxy =
    status === 407
      ? ": a proxy in between wants a login; give it in HTTPS_PROXY, as in http://USER:PASSWORD@HOST:PORT"
      : "";
  return `status ${status} without a message${proxy}`;
}

/** Which address was asked, without what may be secret in it, and the mistake that is most likely made with it. */
function askedFor(address: string): string {
  if (!URL.canParse(address)) return "the address was not found";
  const { origin, pathname } = new URL(address);
  const hint = /\/v\d/.test(pathname) ? "" : "; most servers want /v1 at the end of base_url";
  return `asked for ${origin}${pathname}${hint}`;
}

/** Classifies a document that says what went wrong, under a status that says that nothing did. */
export function failureOfDocument(document: Json, now: number): Failure {
  const error = at(document, "error") ?? document;
  const named = string(at(error, "code")) ?? numberIn(at(error, "code")) ?? string(at(error, "type"));
  if (named !== undefined) return failureOfEvent(error, now);
  const fields = { status: null, headers: null, message: serverMessage(document, ""), body: document };
  return classify({ ...fields, code: "", type: "invalid" }, now);
}

/** Whether an event of no known type is an error: by its field, or as vLLM marks it. */
export function isError(event: object): boolean {
  return ("error" in event && Boolean(event.error)) || ("object" in event && event.object === "error");
}

/** Classifies an error object that came inside a stream. */
export function failureOfEvent(error: Json | undefined, now: number): Failure {
  const inner = at(error, "error") ?? error;
  const message = withDetail(wordsOf(inner) ?? "the server reported an error without a message", inner ?? null);
  const code = at(inner, "code");
  return classify(
    {
      status: numberIn(code) ?? null,
      code: string(code) ?? "",
      type: string(at(inner, "type")) ?? "",
      message,
      headers: null,
      body: { error: inner ?? null },
    },
    now,
  );
}

/** The server's own words, out of the several shapes that APIs and proxies use. */
function serverMessage(document: Json, body: string): string {
  const error = at(document, "error");
  const text = wordsOf(error) ?? wordsOf(document) ?? (document === null ? plainText(body) : JSON.stringify(document));
  return withDetail(text, error ?? null).slice(0, MAX_MESSAGE_CHARS);
}

/** The sentence of an error, under the names that servers give it. */
function wordsOf(error: Json | undefined): string | undefined {
  const named = ["message", "detail", "msg", "error_msg"].map((name) => string(at(error, name)));
  return string(error) ?? named.find((text) => text !== undefined && text !== "");
}

/** OpenAI names the field beside the sentence; OpenRouter puts the words of the server behind it into `metadata.raw`. */
function withDetail(text: string, error: Json): string {
  const param = string(at(error, "param"));
  const message = param && !text.includes(param) ? `${text} (${param})` : text;
  const raw = at(at(error, "metadata"), "raw");
  if (raw === undefined || raw === null) return message;
  const inner = typeof raw === "string" ? parseJson(raw) : raw;
  const said = wordsOf(at(inner, "error")) ?? wordsOf(inner) ?? (typeof raw === "string" ? raw : JSON.stringify(raw));
  return `${message}: ${said}`;
}

/** Long enough for any real message, short enough for a line on a screen or in a log. */
const MAX_MESSAGE_CHARS = 1000;

/** The title of a web page, or the first line of a text. */
function plainText(body: string): string {
  const title = /<title>([^<]*)<\/title>/i.exec(body)?.[1];
  if (title) return title.trim();
  return body.includes("<html") ? "" : (body.trim().split("\n")[0] ?? "");
}

/** Codes of a context that is too long: OpenAI and most servers, llama.cpp. */
const OVERFLOW = new Set(["context_length_exceeded", "exceed_context_size_error", "string_above_max_length"]);
/** A text that is too long, but none of the conversation. */
const BESIDE_IT = /['"](tools|functions|metadata|response_format|text|user|prompt_cache_key)\b/;
/** Codes of money or a plan that is used up: OpenAI's API, OpenAI's plans. */
const QUOTA = new Set([
  "insufficient_quota",
  "billing_hard_limit_reached",
  "billing_not_active",
  "usage_limit_reached",
  "usage_not_included",
]);
/** Codes and types of errors that pass, as they come inside streams: OpenAI, Anthropic. */
const PASSING = new Set(["server_error", "api_error", "server_is_overloaded", "overloaded_error", "slow_down"]);

/** Codes and types inside streams that another try would meet again, such as `invalid_prompt`, `cyber_policy`. */
const REFUSED = /invalid|policy|filter|not_found|unsupported|moderation/;

function classify(error: ServerError, now: number): Failure {
  const { code, type, status } = error;
  const named = (set: Set<string>) => set.has(code) || set.has(type);
  if (
    (named(OVERFLOW) && !BESIDE_IT.test(error.message)) ||
    (status === 413 && !/image/i.test(error.message)) ||
    (mayBeTooLong(status) && saysTooLong(error.message, status))
  )
    return final("context_overflow", error, TOO_LONG);
  if (named(QUOTA) || status === 402) return quota(error, now);
  if (status === 429 || code === "rate_limit_exceeded" || type === "rate_limit_error") return rateLimited(error, now);
  if (status === 401 || status === 403 || type === "authentication_error" || type === "permission_error") {
    return final("unauthorized", error, "the server refused the key");
  }
  if (named(PASSING) || passes(status)) return serverError(error, now);
  if (status !== null || REFUSED.test(code) || REFUSED.test(type)) {
    return final("invalid_request", error, "the server refused the request");
  }
  return serverError(error, now);
}

/** A refusal of the key or of the rate says nothing of the length, but for the limit of a tier, which comes as 429. */
function mayBeTooLong(status: number | null): boolean {
  return status !== 401 && status !== 403 && status !== 404;
}

const TOO_LONG = "the conversation is longer than the model's context window";

/** 408, 409 and 425 ask for a repetition; 5xx pass, but for 501 and 505, which say that the server never can. */
function passes(status: number | null): boolean {
  if (status === null) return false;
  return status === 408 || status === 409 || status === 425 || (status >= 500 && status !== 501 && status !== 505);
}

function final(kind: FinalFailure["kind"], { status, message }: ServerError, what: string): Failure {
  const shown = status === null ? what : `${what} (status ${status})`;
  return { kind, message: `${shown}: ${message}`, retryable: false, ...(status === null ? {} : { status }) };
}

function quota(error: ServerError, now: number): Failure {
  const wait = retryHint(error.headers, error.body, error.message, now);
  const reset = wait === undefined ? "" : ` (resets at ${new Date(now + wait).toISOString()})`;
  return final("quota", { ...error, message: `${error.message}${reset}` }, "the quota is used up");
}

function rateLimited(error: ServerError, now: number): Failure {
  return {
    kind: "rate_limited",
    message: `rate limit exceeded: ${error.message}`,
    retryable: true,
    ...extras(error, now),
  };
}

function serverError(error: ServerError, now: number): Failure {
  const at = error.status === null ? "" : ` (status ${error.status})`;
  return {
    kind: "server_error",
    message: `server error${at}: ${error.message}`,
    retryable: true,
    ...extras(error, now),
  };
}

function extras({ status, headers, body, message }: ServerError, now: number) {
  const retry_after_ms = retryHint(headers, body, message, now);
  return { ...(retry_after_ms === undefined ? {} : { retry_after_ms }), ...(status === null ? {} : { status }) };
}
