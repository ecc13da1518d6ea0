import type { InSlices } from "../../session/index.ts";

/** Until what waits was done. */
export const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

/** The result of work in slices, between which a person's keys are looked at. */
export async function betweenKeys<T>(work: InSlices<T>): Promise<T> {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
    await pause();
  }
}
