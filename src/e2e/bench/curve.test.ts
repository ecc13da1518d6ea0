import { describe, expect, test } from "bun:test";
import { type Curve, constantOf, isAsSaid } from "../../../scripts/bench/curves/curve.ts";

const curve = (shape: NonNullable<Curve["shape"]>, sizes: number[], values: number[]): Curve => ({
  what: "x",
  unit: "ms",
  of: "files",
  sizes,
  values,
  shape,
});

describe("a curve of the bench", () => {
  test("that grows by as much each is linear, with what one costs", () => {
    const one = curve("linear", [10, 1000, 10_000], [5.1, 15, 105]);
    expect(isAsSaid(one)).toBeTrue();
    expect(constantOf(one)).toBeCloseTo(0.01, 6);
  });

  test("that grows faster than what it counts is not linear, and one that grows is not flat", () => {
    expect(isAsSaid(curve("linear", [10, 1000, 10_000], [0.01, 10, 1000]))).toBeFalse();
    expect(isAsSaid(curve("flat", [10, 1000], [1, 2]))).toBeFalse();
    expect(isAsSaid(curve("flat", [10, 1000], [1, 1.1]))).toBeTrue();
  });

  test("of a yardstick is never wrong", () => {
    const { shape: _, ...yardstick } = curve("flat", [10, 1000], [1, 2]);
    expect(isAsSaid(yardstick)).toBeTrue();
  });
});
