import { describe, expect, test } from "bun:test";
import { PlanTagStream, withoutPlanTags } from "./plan-tags.ts";

const CASES: [text: string, shown: string][] = [
  ["<proposed_plan>\n# Plan\n- a\n</proposed_plan>", "# Plan\n- a\n"],
  ["Here it is:\n<proposed_plan>\nwork\n</proposed_plan>\nShall I?", "Here it is:\nwork\nShall I?"],
  ["<proposed_plan>work</proposed_plan>", "work"],
  ["the marks are `<proposed_plan>` and `</proposed_plan>`", "the marks are `<proposed_plan>` and `</proposed_plan>`"],
  ["a < b, and <p> is a paragraph <", "a < b, and <p> is a paragraph <"],
];

describe("marks around a plan", () => {
  test.each(CASES)("%j", (text, shown) => {
    expect(withoutPlanTags(text)).toBe(shown);
  });

  test.each(CASES)("in any pieces: %j", (text, shown) => {
    for (let size = 1; size <= text.length; size++) {
      const stream = new PlanTagStream();
      let said = "";
      for (let at = 0; at < text.length; at += size) said += stream.push(text.slice(at, at + size));
      expect({ size, said: said + stream.end() }).toEqual({ size, said: shown });
    }
  });
});
