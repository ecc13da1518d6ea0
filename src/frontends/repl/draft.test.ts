// What was typed while a question was on the screen, taken apart for the line.
import { expect, test } from "bun:test";
import { draftOf, NO_DRAFT } from "./draft.ts";

const pasted = (text: string) => `\x1b[200~${text}\x1b[201~`;

test.each([
  ["", NO_DRAFT],
  ["/help\r", { lines: "/help\r", keys: "", text: "" }],
  ["one\rtwo\rthr", { lines: "one\rtwo\r", keys: "thr", text: "thr" }],
  ["ab\x7fc\b", { lines: "", keys: "ab\x7fc\b", text: "a" }],
  ["é👍\x7f", { lines: "", keys: "é👍\x7f", text: "é" }],
  [pasted("a b"), { lines: "", keys: pasted("a b"), text: "a b" }],
  [pasted("a\rb"), { lines: "", keys: pasted("a\rb"), text: null }],
  [`${pasted("a\rb")}\rc`, { lines: `${pasted("a\rb")}\r`, keys: "c", text: "c" }],
])("%j", (typed, draft) => expect(draftOf(typed)).toEqual(draft));
