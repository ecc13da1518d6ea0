import type { Segment, Tape, TapedOp } from "../../core/index.ts";
import type { ToolSpec, TurnFiles } from "../../protocol/index.ts";
import { type Recording, type RecordingEntry, sentText } from "./recording.ts";

type Of<T extends RecordingEntry["type"]> = Extract<RecordingEntry, { type: T }>;

/** What the player tells whoever runs the thread. */
export interface PlayerEvents {
  /** The person interrupted here. */
  interrupt(): void;
  /** There is nothing more to play: the recording, or the part of it that was asked for, is over. */
  over(): void;
  /** Request `n` is not the one that was recorded. */
  differs(n: number): void;
}

/**
 * Plays a recording in the place of the model, the user and the tools. Time is that of the recording: nothing is waited
 * for. No request leaves the process.
 */
export class Player implements Tape {
  readonly #entries: RecordingEntry[];
  readonly #segments: Segment[];
  readonly #files: (TurnFiles | null)[];
  readonly #until: number;
  readonly #events: PlayerEvents;
  readonly #timers = new Map<number, { at: number; callback: () => void }>();
  #now: number;
  #requests = 0;
  #ids = 0;

  /** @param until requests that are answered at most */
  constructor({ head, entries }: Recording, until: number, events: PlayerEvents) {
    this.#entries = entries;
    this.#segments = entries.flatMap((entry) => (entry.type === "segment" ? [entry.segment] : []));
    this.#files = entries.flatMap((entry) => (entry.type === "files" ? [entry.files] : []));
    this.#until = until;
    this.#events = events;
    this.#now = head.t;
  }

  /** What started turns and changed settings, in order. */
  get ops(): TapedOp[] {
    return this.#entries.flatMap((entry) => (entry.type === "op" && entry.op.type !== "interrupt" ? [entry.op] : []));
  }

  /** What the model was offered in the next request; null: it is not known. */
  get offered(): readonly ToolSpec[] | null {
    const next = this.#entries.findIndex((entry) => entry.type === "request" && entry.n === this.#requests);
    const before = this.#entries.slice(0, next === -1 ? this.#entries.length : next);
    const last = before.findLast((entry): entry is Of<"offered"> => entry.type === "offered");
    return last?.specs ?? null;
  }

  op(): void {}
  keep(): void {}

  /** Recordings of earlier versions have none. */
  changed(): TurnFiles | null {
    return this.#files.shift() ?? null;
  }

  play(): Segment | null {
    const segment = this.#segments.shift();
    if (segment) return segment;
    this.#events.over();
    return { events: [], item_ids: 0, aborted: true, failure: null, value: false };
  }

  readonly now = (): number => this.#now;

  readonly timer = (ms: number, callback: () => void): (() => void) => {
    const id = this.#ids++;
    this.#timers.set(id, { at: this.#now + ms, callback });
    return () => void this.#timers.delete(id);
  };

  /** A pause between two attempts. Where the recording has an interrupt next, it comes now. */
  readonly sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    const next = this.#entries.findIndex((entry) => entry.type === "request" && entry.n === this.#requests);
    const last = this.#lastOf(this.#requests - 1);
    if (this.#interruptedWithin(last, next === -1 ? this.#entries.length : next)) this.#events.interrupt();
    signal.throwIfAborted();
    this.#now += ms;
  };

  readonly fetch = async (_input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const n = this.#requests++;
    const request = this.#entries.find((entry): entry is Of<"request"> => entry.type === "request" && entry.n === n);
    if (!request || n >= this.#until) {
      this.#events.over();
      return never(init?.signal);
    }
    if (request.body !== sentText(init?.body)) this.#events.differs(n);
    const own = this.#entries.filter((entry) => "n" in entry && entry.n === n && entry.type !== "request");
    const [first, ...body] = own;
    if (first?.type === "error") throw this.#failure(first);
    if (first?.type !== "response") {
      this.#stall(n, request, init?.signal);
      return never(init?.signal);
    }
    this.#at(first);
    const stream = this.#stream(n, body, init?.signal);
    const response = new Response(stream, { status: first.status, headers: first.headers });
    return Object.defineProperty(response, "url", { value: request.url });
  };

  #stream(n: number, body: RecordingEntry[], signal: AbortSignal | null | undefined): ReadableStream<Uint8Array> {
    const rest = [...body];
    const source: Bun.UnderlyingSource<Uint8Array> = {
      start: (controller) => signal?.addEventListener("abort", () => controller.error(signal.reason), { once: true }),
      pull: (controller) => {
        const entry = rest.shift();
        if (entry) this.#at(entry);
        if (entry?.type === "chunk") controller.enqueue(bytesOf(entry));
        else if (entry?.type === "end") controller.close();
        else if (entry?.type === "error") controller.error(this.#failure(entry));
        else this.#stall(n, entry ?? null, signal);
      },
    };
    // Nothing ahead of the reader: an interrupt comes once everything before it was read, as it did.
    return new ReadableStream(source, { highWaterMark: 0 });
  }

  /** The server is silent from here on: either the person interrupted, or a time limit ends it. */
  #stall(n: number, cancel: RecordingEntry | null, signal: AbortSignal | null | undefined): void {
    const until = cancel ? this.#entries.indexOf(cancel) : this.#entries.length;
    const before = this.#entries.findLastIndex((entry, at) => at < until && "n" in entry && entry.n === n);
    if (this.#interruptedWithin(before, cancel?.type === "cancel" ? until : this.#entries.length))
      setImmediate(() => this.#events.interrupt());
    else setImmediate(() => this.#letTimePass(signal));
  }

  /** Fires timers, the earliest first, until one of them ended the request. */
  #letTimePass(signal: AbortSignal | null | undefined): void {
    const [earliest] = [...this.#timers].sort(([, a], [, b]) => a.at - b.at);
    if (signal?.aborted || !earliest) return;
    const [id, { at, callback }] = earliest;
    this.#timers.delete(id);
    this.#now = Math.max(this.#now, at);
    callback();
    setImmediate(() => this.#letTimePass(signal));
  }

  #interruptedWithin(from: number, to: number): boolean {
    return this.#entries
      .slice(Math.max(from, 0), to)
      .some((entry) => entry.type === "op" && entry.op.type === "interrupt");
  }

  #lastOf(n: number): number {
    return this.#entries.findLastIndex((entry) => "n" in entry && entry.n === n);
  }

  #failure(entry: Of<"error">): Error {
    this.#at(entry);
    return Object.assign(new Error(entry.message), { code: entry.code });
  }

  #at({ t }: RecordingEntry): void {
    this.#now = Math.max(this.#now, t);
  }
}

const bytesOf = (chunk: Of<"chunk">): Uint8Array =>
  "text" in chunk ? Buffer.from(chunk.text) : Buffer.from(chunk.base64, "base64");

/** An answer that does not come, until the caller gives up. */
function never(signal: AbortSignal | null | undefined): Promise<Response> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
