import { expect, test } from "bun:test";
import { readReview } from "./review.ts";

test.each([
  ['{"decision":"approved"}', 0, { type: "approved" }],
  ['{"decision":"session"}\n', 0, { type: "approved" }],
  ['{"decision":"always","prefix":["rm"]}', 0, { type: "approved" }],
  ['{"decision":"denied","reason":"not on a Friday"}', 0, { type: "denied", reason: "not on a Friday" }],
  ['{"decision":"denied"}', 0, { type: "denied" }],
  ['{"decision":"abort"}', 0, { type: "abort" }],
  ['{"decision":"yes"}', 0, { type: "denied", reason: "the reviewer's answer could not be read" }],
  ["null", 0, { type: "denied", reason: "the reviewer's answer could not be read" }],
  ["approved", 0, { type: "denied", reason: "the reviewer's answer could not be read" }],
  ["", 0, { type: "denied", reason: "the reviewer's answer could not be read" }],
  ['{"decision":"approved"}', 1, { type: "denied", reason: "the reviewer failed with exit code 1" }],
] as const)("a reviewer may only narrow: %s, exit code %d", (output, exit, decision) => {
  expect(readReview(output, exit)).toEqual(decision);
});
