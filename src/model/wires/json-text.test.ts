import { expect, test } from "bun:test";
import fc from "fast-check";
import type { JsonObject } from "../../protocol/index.ts";
import { bodyBytes } from "./json-text.ts";

const bodyText = (body: JsonObject) => new TextDecoder().decode(bodyBytes(body));

test("a body is what JSON.stringify makes of it, byte for byte, the first time and later", () => {
  const entry = fc.oneof(
    fc.jsonValue(),
    fc.record({ a: fc.option(fc.string(), { nil: undefined }), b: fc.jsonValue() }),
  );
  const body = fc.dictionary(fc.string(), fc.oneof(entry, fc.array(entry), fc.constant(undefined)));
  fc.assert(
    fc.property(body, (made) => {
      const whole = JSON.stringify(made);
      expect(bodyText(made as JsonObject)).toBe(whole);
      expect(bodyText(made as JsonObject)).toBe(whole);
    }),
  );
});

test("an entry of a list is made into text once, however many bodies it is in", () => {
  let asked = 0;
  const item = {
    get text() {
      asked++;
      return "x";
    },
  };
  for (const model of ["a", "b"])
    expect(bodyText({ model, input: [item] })).toBe(`{"model":"${model}","input":[{"text":"x"}]}`);
  expect(asked).toBe(1);
});

test("a history that grows is sent whole each time, and so is one that was replaced", () => {
  const grown: JsonObject[] = [];
  for (let round = 0; round < 300; round++) {
    grown.push({ round, text: `${"é".repeat(round)}\ud800` });
    const input = [...grown];
    expect(bodyText({ input })).toBe(JSON.stringify({ input }));
  }
  const others = [{ notes: "n" }, ...grown.slice(-2)];
  expect(bodyText({ input: others })).toBe(JSON.stringify({ input: others }));
  const cut = grown.slice(0, 3);
  expect(bodyText({ input: cut })).toBe(JSON.stringify({ input: cut }));
});
