import { describe, expect, test } from "bun:test";
import { ThoughtReader, thoughtOf } from "./thought.ts";

/** Reads a text in pieces of `size` and gives what was shown as reasoning and as text. */
function streamed(text: string, size: number): { thought: string; text: string } {
  const reader = new ThoughtReader();
  const shown = { thought: "", text: "" };
  for (let at = 0; at < text.length; at += size) {
    const delta = text.slice(at, at + size);
    if (reader.isPlain("m")) {
      shown.text += delta;
      continue;
    }
    for (const event of reader.read("m", delta))
      if (event.type === "delta") shown[event.kind === "reasoning" ? "thought" : "text"] += event.delta;
  }
  return shown;
}

const CASES: [name: string, text: string, thought: string, said: string][] = [
  ["think", "<think>\nI see.\n</think>\n\nHello", "I see.", "Hello"],
  ["blanks before it", "\n <think>hm</think>Hello", "hm", "Hello"],
  ["thinking", "<thinking>hm</thinking> Hello", "hm", "Hello"],
  ["thought", "<thought>hm</thought>Hello", "hm", "Hello"],
  ["Magistral's brackets", "[THINK]hm[/THINK]Hello", "hm", "Hello"],
  ["capitals", "<THINK>hm</THINK>Hello", "hm", "Hello"],
  ["reasoning", "<reasoning>hm</reasoning>Hello", "hm", "Hello"],
  ["Seed-OSS", "<seed:think>hm</seed:think>Hello", "hm", "Hello"],
  ["Kimi-VL", "◁think▷hm◁/think▷Hello", "hm", "Hello"],
  ["Cohere", "<|START_THINKING|>hm<|END_THINKING|>Hello", "hm", "Hello"],
  ["an empty one", "<think></think>Hello", "", "Hello"],
  ["a smaller sign in it", "<think>a < b </ c</think>Hello", "a < b </ c", "Hello"],
  ["never closed", "<think>hm", "hm", ""],
  ["none", "Hello <think>not here</think>", "", "Hello <think>not here</think>"],
  ["another tag", "<thin> Hello", "", "<thin> Hello"],
];

describe("more of what models put around it", () => {
  test.each([
    ["two blocks", "<think>a</think>\n<think>b</think>\nHello", "a\n\nb"],
    ["an answer in tags", "<think>a</think>\n<answer>\nHello\n</answer>", "a"],
    [
      "gpt-oss without its parser",
      "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>Hello",
      "a",
    ],
  ])("%s", (_, text, thought) => {
    expect(thoughtOf(text)).toEqual({ thought, text: "Hello" });
    expect(streamed(text, 3).thought.replace(/\s/g, "")).toBe(thought.replace(/\s/g, ""));
  });
});

describe("reasoning between tags at the start of a text", () => {
  test.each(CASES)("%s", (_, text, thought, said) => {
    expect(thoughtOf(text)).toEqual({ thought, text: said });
    for (const size of [1, 2, 3, 7, 100]) {
      const shown = streamed(text, size);
      expect([shown.thought.trim(), shown.text]).toEqual([thought, said]);
    }
  });

  test("a template that opens the tag itself leaves its end on a line of its own", () => {
    expect(thoughtOf("I see.\n</think>\n\nHello")).toEqual({ thought: "I see.", text: "Hello" });
    expect(thoughtOf("write `</think>` there")).toEqual({ thought: "", text: "write `</think>` there" });
  });
});
