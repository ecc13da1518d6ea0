/** Where spans go. Names and sizes only: nothing that anybody wrote, or that a file holds. */
export interface TraceSink {
  /** Notes that `name` (`detail`: which of them) begins; what comes back is called once, at its end. */
  begin(name: string, detail: string | undefined): EndSpan;
}

/** Ends a span. `bytes`: how much went through it. */
export type EndSpan = (bytes?: number) => void;

const traced: { sink: TraceSink | null } = { sink: null };

const UNTRACED: EndSpan = () => {};

/** Begins a part of the run, for MOAT_TRACE. Costs a look at one variable when nothing is traced, and allocates nothing. */
export function span(name: string, detail?: string): EndSpan {
  return traced.sink === null ? UNTRACED : traced.sink.begin(name, detail);
}

/** From now on spans go there; null: nowhere. */
export function traceTo(sink: TraceSink | null): void {
  traced.sink = sink;
}
