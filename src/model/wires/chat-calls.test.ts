// Calls as servers stream them: whose piece belongs to whom.
import { expect, test } from "bun:test";
import { type CallPiece, createCallCollector } from "./chat-calls.ts";

const A = '{"cmd":"a"}';
const B = '{"cmd":"b"}';
const call = (args: string, more: Partial<CallPiece> = {}): CallPiece => ({
  index: 0,
  function: { name: "run", arguments: args },
  ...more,
});
const rest = (args: string, more: Partial<CallPiece> = {}): CallPiece => ({
  index: 0,
  function: { arguments: args },
  ...more,
});

const CASES: [name: string, pieces: CallPiece[], args: string[]][] = [
  ["one", [call("", { id: "x" }), rest(A)], [A]],
  [
    "a name in pieces",
    [{ index: 0, id: "x", function: { name: "ru" } }, { index: 0, function: { name: "n" } }, rest(A)],
    [A],
  ],
  ["its name with every piece", [call(A.slice(0, 4), { id: "x" }), call(A.slice(4), { id: "x" })], [A]],
  [
    "another id with every piece",
    [call("", { id: "x" }), rest(A.slice(0, 4), { id: "y" }), rest(A.slice(4), { id: "z" })],
    [A],
  ],
  ["another id and its name with every piece", [call(A.slice(0, 4), { id: "x" }), call(A.slice(4), { id: "y" })], [A]],
  ["said twice, whole", [call(A, { id: "x" }), call(A, { id: "x" })], [A]],
  ["arguments that are parsed already", [{ index: 0, function: { name: "run", arguments: { cmd: "a" } } }], [A]],
  ["an index that is null", [call(A.slice(0, 4), { index: null }), rest(A.slice(4), { index: null })], [A]],
  ["two of one index, without ids", [call(A), call(B)], [A, B]],
  ["two of one index and one id", [call(A, { id: "x" }), call(B, { id: "x" })], [A, B]],
  ["two of one index, by their ids", [call(A, { id: "x" }), call(B, { id: "y" })], [A, B]],
  ["the same call twice, without ids", [call(A), call(A)], [A, A]],
  [
    "two that are mixed",
    [call("{", { id: "x" }), call("{", { index: 1, id: "y" }), rest(A.slice(1)), rest(B.slice(1), { index: 1 })],
    [A, B],
  ],
];

test.each(CASES)("%s", (_, pieces, args) => {
  const calls = createCallCollector();
  for (const piece of pieces) calls.add(piece);
  expect(calls.finished()).toMatchObject(args.map((one) => ({ name: "run", arguments: one })));
});

test("what hangs on a call stays with it", () => {
  const calls = createCallCollector();
  calls.add(call(A, { extra_content: { google: { thought_signature: "S" } } }));
  calls.add({
    index: 1,
    function: { name: "run", arguments: B, provider_specific_fields: { thought_signature: "L" } },
  });
  expect(calls.finished()).toMatchObject([
    { extra_content: { google: { thought_signature: "S" } } },
    { provider_specific_fields: { thought_signature: "L" } },
  ]);
});
