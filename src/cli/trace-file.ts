import { type EndSpan, type NamedFile, type TraceSink, traceTo } from "../base/index.ts";
import type { Host } from "./contract.ts";
import { openOutput } from "./named-output.ts";

/** A span as it lies in the file; times in ms since the process began. */
interface Span {
  name: string;
  start: number;
  end: number;
}

/**
 * Writes the spans of this run into the file `name` as a Chrome trace, line by line as they end: what a killed process leaves is an
 * array without its closing bracket, which viewers read. Where the file cannot be written, that is said and the run goes on.
 * Gives the span that the rest of the start is.
 * @param now monotonic ms, 0 when the process began
 */
export async function startTrace(name: string, host: Host, now: () => number): Promise<EndSpan | null> {
  const trace: { file: TraceFile | null } = { file: null };
  const made = await openOutput("MOAT_TRACE", name, host, async () => trace.file?.finish());
  if (!made.ok) {
    host.stderr(`moat: ${made.message}; this run is not traced\n`);
    return null;
  }
  trace.file = new TraceFile(made.file, now);
  trace.file.begins(`moat ${host.version}`);
  traceTo(trace.file);
  return trace.file.begin("imports", "cli");
}

class TraceFile implements TraceSink {
  readonly #file: NamedFile;
  readonly #now: () => number;
  readonly #lanes = new Lanes();
  /** What did not end yet. */
  readonly #open = new Set<Omit<Span, "end">>();

  constructor(file: NamedFile, now: () => number) {
    this.#file = file;
    this.#now = now;
  }

  begin(what: string, detail: string | undefined): EndSpan {
    const span = { name: detail === undefined ? what : `${what} ${detail}`, start: this.#now() };
    this.#open.add(span);
    return (bytes) => {
      if (this.#open.delete(span)) this.#write({ ...span, end: this.#now() }, bytes === undefined ? {} : { bytes });
    };
  }

  begins(process_name: string): void {
    this.#file.write(`[\n${event({ name: "process_name", ph: "M", tid: 1, args: { name: process_name } })},\n`);
    this.#write({ name: "start", start: 0, end: this.#now() }, {});
  }

  finish(): void {
    traceTo(null);
    const end = this.#now();
    // The inner ones first: they began later.
    for (const span of [...this.#open].reverse()) this.#write({ ...span, end }, { open: true });
    this.#file.write(`${event({ name: "end", ph: "i", s: "p", ts: micro(end), tid: 1 })}\n]\n`);
  }

  #write(span: Span, args: object): void {
    const { name, start, end } = span;
    const tid = this.#lanes.laneOf(span) + 1;
    this.#file.write(`${event({ name, ph: "X", ts: micro(start), dur: micro(end) - micro(start), tid, args })},\n`);
  }
}

/** The format's unit. */
const micro = (ms: number) => Math.round(ms * 1000);

const event = (fields: object) => JSON.stringify({ pid: process.pid, ...fields });

/**
 * Spans of one lane lie inside each other or beside each other, as viewers want it: what runs side by side with a part of a lane gets
 * the next one. Spans come by their ends, so that the outermost ones of a lane are all that a later one can cut.
 */
class Lanes {
  readonly #outermost: Span[][] = [];

  laneOf(span: Span): number {
    const free = this.#outermost.findIndex((lane) => !cuts(lane, span));
    const number = free === -1 ? this.#outermost.length : free;
    this.#outermost[number] ??= [];
    const lane = this.#outermost[number];
    while ((lane.at(-1)?.start ?? -1) >= span.start) lane.pop();
    lane.push(span);
    return number;
  }
}

/** Whether a span begins in the middle of one that ended before it. */
const cuts = (lane: Span[], { start }: Span) => lane.some((one) => one.start < start && start < one.end);
