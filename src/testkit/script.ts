import type { Json } from "../protocol/index.ts";

/** One server-sent event. `data` that is not a string is written as JSON. */
export interface SseEvent {
  event?: string;
  data: Json;
}

/**
 * One step of a reply; the steps run in order, each is one write to the socket.
 *
 * The head (status line and headers) leaves with the first step that has bytes, or at an explicit `head` step, or at the
 * end. So `[{ cut: "rst" }]` resets the connection before any header, and `[{ wait: gate }]` accepts and stays silent.
 * After the last step the body is ended properly, unless a `cut` came first.
 */
export type ServerStep =
  | SseEvent
  /** A line that clients must ignore but that shows life. */
  | { comment: string }
  /** Bytes of the body, exactly these; for broken, split or odd streams. */
  | { bytes: string | Uint8Array }
  /** Sends the head now. */
  | { head: true }
  /** Goes on when the gate is opened. */
  | { wait: Gate }
  /** `fin`: the connection is closed in the middle of the body. `rst`: it is reset. */
  | { cut: "fin" | "rst" };

/** What a request is answered with: the steps of an event stream, or a whole answer. */
export type Reply =
  | ServerStep[]
  | { status?: number; headers?: Record<string, string>; steps: ServerStep[] }
  /** `body` that is neither string nor bytes is sent as JSON. */
  | { status: number; headers?: Record<string, string>; body: Json | Uint8Array };

/** The replies in the order of the requests, or a function that answers them all (`index` counts from 0). */
export type ServerScript =
  | (Reply | ((request: RecordedRequest) => Reply | Promise<Reply>))[]
  | ((request: RecordedRequest, index: number) => Reply | Promise<Reply>);

/** A request as it arrived. */
export interface RecordedRequest {
  method: string;
  /** Path without the query, `/v1/responses`. */
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The body as text. */
  raw: string;
  /** The body as JSON; null when it is none. */
  body: Json;
  /** Resolves when the connection is gone, whoever closed it. */
  closed: Promise<void>;
}

/** A place where a reply stops until the test lets it go on. Opening it twice does nothing. */
export interface Gate {
  open(): void;
  /** Resolves once a reply stands before the gate: everything before it has been written. */
  readonly reached: Promise<void>;
  /** The server's side. */
  pass(): Promise<void>;
}

/** A closed gate. */
export function createGate(): Gate {
  const opened = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  return {
    open: () => opened.resolve(),
    reached: reached.promise,
    pass() {
      reached.resolve();
      return opened.promise;
    },
  };
}

/** The bytes of one event, in the form that the public APIs use. */
export function encodeEvent({ event, data }: SseEvent): string {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  const lines = text.replaceAll("\n", "\ndata: ");
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${lines}\n\n`;
}

/** Several events in one write. */
export function together(...events: SseEvent[]): ServerStep {
  return { bytes: events.map(encodeEvent).join("") };
}
