/** How a cost grows: its values at some sizes, and what is expected of it. */
export interface Curve {
  what: string;
  unit: string;
  /** What is counted: rounds, files … */
  of: string;
  sizes: readonly number[];
  values: readonly number[];
  shape: Shape;
}

/** `flat`: the same at every size. `linear`: a constant each, which is what the steepest part of it costs. */
export type Shape = "flat" | "linear";

/** Beyond this a flat one is not flat: noise, and one part in twenty. */
const FLAT = 1.3;
/** Beyond this, a part that costs so many times what the part before it costs each is not linear. */
const LINEAR = 1.6;

/** What one more costs between two neighbours, in the unit of the curve. */
export function slopes({ sizes, values }: Pick<Curve, "sizes" | "values">): number[] {
  return values.slice(1).map((value, at) => {
    const [size = 0, before = 0, next = 0] = [sizes[at], values[at], sizes[at + 1]];
    return (value - before) / (next - size);
  });
}

/** Whether a curve is what it is said to be. */
export function isAsSaid(curve: Curve): boolean {
  const { values, shape } = curve;
  if (shape === "flat") return Math.max(...values) <= FLAT * Math.min(...values);
  const steep = slopes(curve);
  const [last = 0, before = last] = [steep.at(-1), steep.at(-2)];
  return last <= LINEAR * before;
}

/** The constant: what each one costs at the end of the curve (linear), or what any size costs (flat). */
export const constantOf = (curve: Curve): number =>
  curve.shape === "flat" ? Math.max(...curve.values) : (slopes(curve).at(-1) ?? Number.NaN);

/** 1k, 100k … */
export const sizeName = (size: number): string =>
  size >= 1e6 ? `${size / 1e6}M` : size >= 1000 ? `${size / 1000}k` : String(size);
