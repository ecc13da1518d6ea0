import { describe, expect, test } from "bun:test";
import type { ContentPart, HistoryItem } from "./index.ts";
import { promptText } from "./prompt-text.ts";

const said = (...content: ContentPart[]): HistoryItem => ({ type: "message", role: "user", content });
const text = (text: string): ContentPart => ({ type: "input_text", text });

describe("what a person said", () => {
  test("is the text of a user's message, with a word for each image", () => {
    expect(promptText(said(text("look"), { type: "input_image", image_url: "data:x" }, text("here")))).toBe(
      "look\n[image]\nhere",
    );
    expect(promptText(said(text(""), text("a")))).toBe("a");
  });

  test("is nothing that others said", () => {
    for (const role of ["assistant", "developer", "system"] as const)
      expect(promptText({ type: "message", role, content: [text("x")] } as HistoryItem)).toBeNull();
    expect(promptText({ type: "function_call_output", call_id: "c", output: "x" })).toBeNull();
    expect(promptText({ type: "message", role: "user", content: "x" } as unknown as HistoryItem)).toBeNull();
  });

  test("is not the context that stands before a prompt", () => {
    for (const start of [
      "<environment_context>",
      "<user_instructions>",
      "<permissions instructions>",
      "<skill>",
      "<turn_aborted>",
      "# AGENTS.md instructions for /work",
      "\n  <skill>",
    ])
      expect(promptText(said(text(`${start}\nx`)))).toBeNull();
    for (const start of ["<b>", "<skills>", "see <skill>", "# AGENTS.md", "the # AGENTS.md instructions"])
      expect(promptText(said(text(start)))).toBe(start);
  });

  test("leaves out the tags that stand around an image", () => {
    expect(promptText(said(text("<image name=x>"), text("</image>"), text("a <image> b"), text("<images>")))).toBe(
      "a <image> b\n<images>",
    );
  });
});
