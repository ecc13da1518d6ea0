import type { Event } from "../protocol/index.ts";
import { FileWindow } from "./file-window.ts";
import { REFERENCE, type RolloutLine } from "./line.ts";
import { blobsOf } from "./paths.ts";
import { endOfLine, headIn, parsedLine, sourcesOf, startOfLine } from "./read.ts";
import { unpack } from "./unpack.ts";

/** Something that happened in a stored thread. `place`: what asks for it again. */
export interface Moment {
  place: number;
  event: Event;
}

/** In the line of every message that a person said. */
const BY_USER = '"role":"user"';
/** Bytes at the end of a file that are looked at first: some screens of a conversation. */
const NEAR = 128 * 1024;
/** Bytes that are read between two chances to do something else: some ms of work. */
const SLICE = 64 * 1024;

/**
 * What happened in a stored thread up to the end that its file has now, as its events told it: what a person was shown, and what a
 * person said. What the model alone got is left out, and damage. Nothing of it is kept in memory.
 */
export class StoredPast {
  readonly path: string;
  /** Where it ends. */
  readonly end: number;
  readonly #file: FileWindow;
  readonly #blobs: string;

  /** Throws when there is no file. */
  constructor(path: string) {
    this.path = path;
    this.#file = new FileWindow(path);
    this.#blobs = blobsOf(path);
    this.end = wholeEnd(this.#file);
  }

  /** Bytes of the file that were read so far. */
  get read(): number {
    return this.#file.read;
  }

  /** The last moments, at least so many, the oldest first. `whole`: there are no others. No more of the file is read than that takes. */
  last(count: number): { moments: Moment[]; whole: boolean } {
    for (let bytes = NEAR; ; bytes *= 2) {
      const from = bytes >= this.end ? 0 : endOfLine(this.#file, this.end - bytes) + 1;
      const moments = [...this.since(from)].filter((moment) => moment !== undefined);
      if (from === 0 || moments.length >= count) return { moments, whole: from === 0 };
    }
  }

  /** Every moment from this place on, in slices: undefined where there is time for something else. */
  *since(place: number): Generator<Moment | undefined> {
    for (let from = place, slice = place + SLICE; from < this.end; ) {
      const to = endOfLine(this.#file, from);
      const event = to > from ? this.#shown(from, to) : null;
      if (event !== null) yield { place: from, event };
      from = to + 1;
      if (from < slice) continue;
      slice = from + SLICE;
      yield undefined;
    }
  }

  /** What was written behind its end since. */
  later(): Event[] {
    return [...new StoredPast(this.path).since(this.end)].flatMap((moment) => (moment ? [moment.event] : []));
  }

  /** What happened at a place; null: the file does not tell any more. */
  at(place: number): Event | null {
    try {
      return this.#shown(place, endOfLine(this.#file, place));
    } catch {
      return null;
    }
  }

  /** The event of a line; null: a person does not see it, or nobody can. */
  #shown(from: number, to: number): Event | null {
    const bytes = this.#file.bytes(from, to);
    const type = headIn(bytes)?.type;
    if (type === undefined || type === "thread.named") return null;
    const text = bytes.toString("utf8");
    if (type === "history.added" && !text.includes(BY_USER)) return null;
    const line = parsedLine(text);
    if (line === null || line.type === "thread.named") return null;
    // What came in the place of a history is the model's.
    if (line.type === "history.replaced") return { ...line, history: [] };
    return REFERENCE.test(text) ? (this.#unpacked(line, from) as Event) : line;
  }

  #unpacked(line: RolloutLine, from: number): unknown {
    return unpack(
      line,
      sourcesOf(
        (seq) => this.#before(from, seq),
        this.#blobs,
        () => {},
      ),
    );
  }

  /** An earlier line by its seq. It is near: nothing refers to another turn. */
  #before(place: number, wanted: number): RolloutLine | null {
    for (let end = place - 1; end > 0; ) {
      const from = startOfLine(this.#file, end);
      const bytes = this.#file.bytes(from, end);
      const seq = headIn(bytes)?.seq ?? null;
      if (seq === wanted) return parsedLine(bytes.toString("utf8"));
      if (seq !== null && seq < wanted) return null;
      end = from - 1;
    }
    return null;
  }
}

/** Where the last whole line ends: whoever goes on with the thread cuts off what is behind it. */
function wholeEnd(file: FileWindow): number {
  const start = startOfLine(file, file.size);
  const isWhole = start === file.size || parsedLine(file.bytes(start, file.size).toString("utf8")) !== null;
  return isWhole ? file.size : start;
}

/** All of it, one after another. Throws when there is no file. */
export function* pastEvents(path: string): Generator<Event> {
  for (const moment of new StoredPast(path).since(0)) if (moment) yield moment.event;
}
