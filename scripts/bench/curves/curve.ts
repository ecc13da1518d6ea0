/** How a cost grows: its values at some sizes, and what is expected of it. */
export interface Curve {
  what: string;
  unit: string;
  /** What is counted: rounds, files … */
  of: string;
  sizes: readonly number[];
  values: readonly number[];
  /** What is expected. Absent: nothing, it is a yardstick and not moat's. */
  shape?: Shape;
}

/** `flat`: the same at every size. `linear`: a constant each, which is what the steepest part of it costs. */
export type Shape = "flat" | "linear";

/** A flat one ends at most so many times as high as it begins: noise, and one part in twenty. */
const FLAT = 1.3;
/** The last part of a linear one costs each at most so many times what all before it cost on average. */
const LINEAR = 1.6;

/** What one more costs between two neighbours, in the unit of the curve. */
function slopes({ sizes, values }: Pick<Curve, "sizes" | "values">): number[] {
  return values.slice(1).map((value, at) => {
    const [size = 0, before = 0, next = 0] = [sizes[at], values[at], sizes[at + 1]];
    return (value - before) / (next - size);
  });
}

/** Whether a curve is what it is said to be. Less than that is no fault. */
export function isAsSaid({ sizes, values, shape }: Curve): boolean {
  if (shape === undefined) return true;
  const [first = 0, end = 0] = [values[0], values.at(-1)];
  if (shape === "flat") return end <= FLAT * first;
  const earlier = { sizes: [sizes[0] ?? 0, sizes.at(-2) ?? 0], values: [first, values.at(-2) ?? 0] };
  const [last = 0] = slopes({ sizes: sizes.slice(-2), values: values.slice(-2) });
  const [before = 0] = slopes(earlier);
  return last <= LINEAR * before;
}

/** The constant: what each one costs at the end of the curve (linear), or what any size costs (flat). */
export const constantOf = (curve: Curve): number =>
  curve.shape === "flat" ? Math.max(...curve.values) : (slopes(curve).at(-1) ?? Number.NaN);

/** 1k, 100k … */
export const sizeName = (size: number): string =>
  size >= 1e6 ? `${size / 1e6}M` : size >= 1000 ? `${size / 1000}k` : String(size);
