import { describe, expect, test } from "bun:test";
import type { Json } from "../../protocol/index.ts";
import { createItemCollector } from "../wires/response-items.ts";
import { argumentsObject, argumentsText } from "./arguments.ts";

/** A list in a list, so often. */
const nested = (levels: number): Json => JSON.parse(`${"[".repeat(levels)}${"]".repeat(levels)}`);

describe("arguments of a call", () => {
  test("are an object of at most 200 levels, or none", () => {
    const fits = `{"x":${"[".repeat(199)}${"]".repeat(199)}}`;
    expect(argumentsObject(fits)).toEqual({ x: nested(199) });
    for (const text of [`{"x":[${fits}]}`, "[1]", "1", "{", ""]) expect(argumentsObject(text)).toBeNull();
  });

  test("that a server sent parsed, and that cannot be written again, are a text that says so", () => {
    expect(argumentsText({ x: nested(3) })).toBe('{"x":[[[]]]}');
    expect(argumentsText({ x: nested(100_000) })).toContain("more than 200 levels");
  });

  test("the same of another call in one answer are no reason to lose either", () => {
    const item = { type: "function_call", name: "f", arguments: { x: nested(100_000) } };
    const collector = createItemCollector([]);
    const out: Parameters<typeof collector.add>[2] = [];
    collector.add({ ...item, id: "a", call_id: "1" }, "a", out);
    collector.add({ ...item, id: "b", call_id: "2" }, "b", out);
    collector.finish([{ ...item, id: "a", call_id: "1" }], out);
    expect(out.map((event) => event.type === "item" && "call_id" in event.item && event.item.call_id)).toEqual([
      "1",
      "2",
    ]);
  });
});
