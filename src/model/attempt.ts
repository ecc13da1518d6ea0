import { span } from "../base/index.ts";
import type { Failure, Json, JsonObject } from "../protocol/index.ts";
import type { ModelEvent, ModelRequest, ProviderSettings } from "./contract.ts";
import { type AnswerReader, createAnswerReader } from "./dialect/answer.ts";
import { wholeEvents } from "./dialect/whole.ts";
import {
  DISCONNECTED,
  disconnected,
  failureOfDocument,
  failureOfEvent,
  failureOfStatus,
  StatusError,
  StreamError,
} from "./failure.ts";
import type { Hooks } from "./hooks.ts";
import { parseJson } from "./json.ts";
import { KeyError } from "./keys.ts";
import { createSseReader, EventTooLarge } from "./sse.ts";
import { failureOfThrown, foundNobody } from "./transport.ts";
import { createWatch, paced, type Watch } from "./watch.ts";
import type { Decoder, ResponseEnd, Wire } from "./wires/wire.ts";

/** How long the rest of a finished response is read, so that its connection can be used again, in ms. */
const DRAIN_MS = 1000;

/** What an attempt needs. */
export interface AttemptContext {
  wire: Wire;
  request: ModelRequest;
  /** What is sent of it. */
  body: JsonObject;
  provider: ProviderSettings;
  hooks: Hooks;
  /** Whether this client ever had an answer. */
  reached: { yet: boolean };
  /** Takes what one chunk held. A promise comes back when the reader is behind. */
  emit(events: ModelEvent[]): Promise<void> | null;
}

type Completed = Extract<ResponseEnd, { type: "completed" }>;

/**
 * Sends the request once and reads its stream to the end. Rejects with a `StreamError` for whatever keeps the response
 * from being complete, and with the signal's reason when the caller gave up.
 */
export async function runAttempt(context: AttemptContext, signal: AbortSignal): Promise<Completed> {
  const { provider, hooks } = context;
  // Ends this attempt only: when the server is silent, and to close the connection of an attempt that failed.
  const own = new AbortController();
  const watch = createWatch(hooks, () => own.abort());
  const decoder = context.wire.decoder(context.request);
  let origin: StreamError["origin"] = "request";
  try {
    watch.limit(provider.header_timeout_ms);
    const requested = span("request");
    const response = await context.wire
      .open(context.body, context.request, AbortSignal.any([signal, own.signal]))
      .finally(() => requested());
    origin = "stream";
    context.reached.yet = true;
    const answer = createAnswerReader(context.request, provider, hooks.random);
    const streamed = span("stream");
    const end = await readResponse(context, decoder, answer, response, watch).finally(() => streamed());
    if (answer.answered || end.paused) return end;
    throw new StreamError(EMPTY, "stream", end.usage);
  } catch (error) {
    own.abort();
    signal.throwIfAborted();
    const known = causeOf(error, StreamError);
    if (causeOf(error, StatusError)) context.reached.yet = true;
    const failure = known?.failure ?? failureOf(error, watch.fired, context);
    const never_reached = !context.reached.yet && foundNobody(error);
    throw new StreamError(failure, known?.origin ?? origin, decoder.usage(), never_reached);
  } finally {
    watch.stop();
  }
}

function failureOf(error: unknown, silence_ms: number | null, { provider, hooks }: AttemptContext): Failure {
  if (silence_ms !== null) {
    const message = `${DISCONNECTED}: idle timeout, the server sent nothing for ${Math.round(silence_ms / 1000)} s`;
    return { kind: "idle_timeout", message, retryable: true };
  }
  const status = causeOf(error, StatusError);
  if (status) return failureOfStatus(status, hooks.now());
  const key = causeOf(error, KeyError);
  if (key) return { kind: "unauthorized", message: key.message, retryable: false };
  if (error instanceof EventTooLarge) {
    return {
      kind: "internal",
      message: "the server sent a single event that is too large to be held",
      retryable: false,
    };
  }
  return failureOfThrown(error, provider.base_url);
}

/** An error of our own, out of whatever an SDK wrapped around it. */
function causeOf<T extends Error>(error: unknown, type: new (...args: never[]) => T): T | null {
  for (let next = error; next instanceof Error; next = next.cause) if (next instanceof type) return next;
  return null;
}

/** Reads the body; every chunk's events leave as one batch. */
async function readResponse(
  context: AttemptContext,
  decoder: Decoder,
  answer: AnswerReader,
  response: Response,
  watch: Watch,
): Promise<Completed> {
  refuseOtherTypes(response);
  const { provider } = context;
  const idle = provider.stream_idle_timeout_ms;
  // A local server may take minutes over a long prompt and sends its headers first: no limit before its first byte.
  watch.limit(provider.header_timeout_ms === null ? null : idle);
  let batch: ModelEvent[] = [];
  let end: ResponseEnd | null = null;
  const sse = createSseReader((data, name) => {
    end ??= isPlainError(data, name) ? failedWith(data, context) : decoder.event(data, name, batch);
  });
  const reader = (response.body ?? new Blob([]).stream()).getReader();
  let first = true;
  const waited = span("first byte");
  const read = paced(() => reader.read(), context.hooks);
  while (!end) {
    const { done, value } = await read();
    if (first) waited(value?.length);
    if (first && value && isDocument(value))
      return readWhole(context, decoder, answer, response, await rest(reader, value));
    if (done) {
      sse.finish();
      end ??= decoder.finish(batch);
    } else if (sse.feed(value)) {
      if (first) watch.limit(idle);
      else watch.alive();
      first = false;
    }
    if (batch.length > 0) answer.read(batch, 0);
    const full = batch.length > 0 ? context.emit(batch) : null;
    batch = [];
    if (full) {
      // While our own reader is behind, nothing is asked of the server.
      watch.limit(null);
      await full;
      watch.limit(idle);
    }
    if (done) break;
  }
  void drain(reader, context.hooks);
  return completed(end, decoder.terminal);
}

/** Asked again once: see `planRetry`. */
const EMPTY: Failure = {
  kind: "empty_answer",
  message: "the model's answer is empty: it said nothing and called nothing",
  retryable: true,
};

const typeOf = (response: Response) => response.headers.get("content-type") ?? "";

/** Whether a body begins as a JSON document, and not with a field of an event: types are not to be relied on. */
function isDocument(start: Uint8Array): boolean {
  return /^[\uFEFF\s]*[{[]/.test(new TextDecoder().decode(start.subarray(0, START_BYTES)));
}

/** Enough for any blank space that a server puts before a document. */
const START_BYTES = 64;

async function rest(
  reader: { read(): Promise<{ value?: Uint8Array | undefined }> },
  start: Uint8Array,
): Promise<string> {
  const chunks = [start];
  for (let { value } = await reader.read(); value; { value } = await reader.read()) chunks.push(value);
  return Buffer.concat(chunks).toString("utf8").trim();
}

/** Some servers say in plain text what went wrong, in an event of that name. */
const isPlainError = (data: string, name: string | undefined) => name === "error" && !data.startsWith("{");

function failedWith(message: string, { hooks }: AttemptContext): ResponseEnd {
  return { type: "failed", error: failureOfEvent(parseJson(message) ?? message, hooks.now()) };
}

/** A gateway that cannot stream sends the answer as one document; others say there what went wrong, under status 200. */
async function readWhole(
  { emit, provider, hooks }: AttemptContext,
  decoder: Decoder,
  answer: AnswerReader,
  response: Response,
  text: string,
): Promise<Completed> {
  const document: Json | undefined = parseJson(text);
  const events = wholeEvents(provider.wire_api, document);
  if (events === null) {
    if (document === undefined) throw noStream(response);
    throw new StreamError(failureOfDocument(document, hooks.now()), "request");
  }
  const batch: ModelEvent[] = [];
  let end: ResponseEnd | null = null;
  for (const data of events) end ??= decoder.event(data, undefined, batch);
  answer.read(batch, 0);
  await emit(batch);
  return completed(end, decoder.terminal);
}

function completed(end: ResponseEnd | null, terminal: string): Completed {
  if (end?.type === "completed") return end;
  throw new StreamError(end ? end.error : disconnected(`stream closed before ${terminal}`), "stream");
}

/** Content types that are surely no event stream. Servers that send none, or a plain text type, are given a try. */
function refuseOtherTypes(response: Response): void {
  if (/^(text\/html|application\/(x-)?(ndjson|jsonl)|image\/)/i.test(typeOf(response))) throw noStream(response);
}

function noStream(response: Response): StreamError {
  const page = "Is base_url right, and is there a login page of the network in between?";
  const message = `${response.url} answered with ${typeOf(response).split(";")[0]} instead of an event stream. ${page}`;
  return new StreamError({ kind: "invalid_request", message, retryable: false, status: response.status }, "request");
}

/** Reads what follows the last event; a connection whose body was read to its end can be used for the next request. */
async function drain(reader: { read(): Promise<{ done: boolean }>; cancel(): Promise<void> }, hooks: Hooks) {
  const cancel = hooks.timer(DRAIN_MS, () => void reader.cancel().catch(() => {}));
  try {
    while (!(await reader.read()).done);
  } catch {
    // The response is already complete: a connection that breaks now is of no use again, and nothing is lost.
  } finally {
    cancel();
  }
}
