import { expect, test } from "bun:test";
import { onceAList } from "./once.ts";

const entry = (name: string) => ({ name });

function watched() {
  const looked: string[] = [];
  const of = onceAList<{ name: string }, string[], null>(
    () => [],
    (names, { name }) => {
      looked.push(name);
      names.push(name.toUpperCase());
    },
  );
  return { looked, of };
}

test("of a list that grows, only what is new is looked at", () => {
  const { looked, of } = watched();
  const [a, b, c] = [entry("a"), entry("b"), entry("c")];
  expect(of([a, b], "", null)).toEqual(["A", "B"]);
  expect(of([a, b, c], "", null)).toEqual(["A", "B", "C"]);
  expect(looked).toEqual(["a", "b", "c"]);
});

test("of one that is another somewhere, or is for another key, all of it is", () => {
  const { of } = watched();
  const [a, b, c] = [entry("a"), entry("b"), entry("c")];
  of([a, b, c], "", null);
  expect(of([a, c], "", null)).toEqual(["A", "C"]);
  expect(of([a, { name: "b2" }, c], "", null)).toEqual(["A", "B2", "C"]);
  expect(of([a], "", null)).toEqual(["A"]);
  expect(of([b], "other", null)).toEqual(["B"]);
  expect(of([], "", null)).toEqual([]);
});
