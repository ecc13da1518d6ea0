import { describe, expect, test } from "bun:test";
import type { HistoryItem } from "../../protocol/index.ts";
import type { ModelRequest } from "../contract.ts";
import { REQUEST } from "../setup.suite.ts";
import { type ChatQuirks, chatBody } from "./chat-request.ts";

const PLAIN = { stream_options: false, cache_key: false, output_limit: "max_tokens" } as const;
const FULL = { stream_options: true, cache_key: true, output_limit: "max_completion_tokens" } as const;
const body = (more: Partial<ModelRequest> = {}, quirks: ChatQuirks = PLAIN) =>
  chatBody({ ...REQUEST, model: "m", ...more }, quirks);
const text = (role: "developer" | "user" | "assistant", value: string): HistoryItem => ({
  type: "message",
  role,
  content: [{ type: role === "assistant" ? "output_text" : "input_text", text: value }],
});

describe("Chat Completions request", () => {
  test("nothing is sent that says nothing", () => {
    expect(body()).toEqual({
      model: "m",
      messages: [
        { role: "system", content: "You are a test." },
        { role: "user", content: "hello" },
      ],
      stream: true,
    });
  });

  test("what only some servers take is sent to those", () => {
    expect(body({}, FULL)).toMatchObject({ stream_options: { include_usage: true }, prompt_cache_key: "thread-1" });
  });

  test("what the model said in a row is one message, a tool's images follow its text", () => {
    const input: HistoryItem[] = [
      text("developer", "Be brief."),
      text("user", "go"),
      { type: "reasoning", summary: [], content: [{ type: "reasoning_text", text: "hm" }] },
      text("assistant", "Looking."),
      { type: "function_call", call_id: "a", name: "view_image", arguments: "{}" },
      { type: "custom_tool_call", call_id: "b", name: "apply_patch", input: "*** Begin" },
      {
        type: "function_call_output",
        call_id: "a",
        output: [
          { type: "input_text", text: "an image" },
          { type: "input_image", image_url: "data:image/png;base64,AA==", detail: "original" },
        ],
      },
      { type: "custom_tool_call_output", call_id: "b", output: "done" },
      text("developer", "One more thing."),
    ];
    expect(body({ input }).messages).toEqual([
      { role: "system", content: "You are a test.\n\nBe brief." },
      { role: "user", content: "go" },
      {
        role: "assistant",
        content: "Looking.",
        reasoning_content: "hm",
        tool_calls: [
          { id: "a", type: "function", function: { name: "view_image", arguments: "{}" } },
          { id: "b", type: "function", function: { name: "apply_patch", arguments: '{"input":"*** Begin"}' } },
        ],
      },
      { role: "tool", tool_call_id: "a", content: "an image" },
      { role: "tool", tool_call_id: "b", content: "done" },
      { role: "assistant", content: "The user goes on:" },
      {
        role: "user",
        content: [
          { type: "text", text: "The images that the tools returned:" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA==", detail: "high" } },
          { type: "text", text: "One more thing." },
        ],
      },
    ]);
  });

  test("roles take turns, whatever the history is: strict templates refuse anything else", () => {
    const call: HistoryItem = { type: "function_call", call_id: "a", name: "ls", arguments: "{}" };
    const output: HistoryItem = { type: "function_call_output", call_id: "a", output: "x" };
    const thought: HistoryItem = {
      type: "reasoning",
      summary: [{ type: "summary_text", text: "hm" }],
      field: "reasoning",
    };
    const input = [text("user", "a"), text("user", "b"), call, output, text("user", "c"), thought, text("user", "d")];
    const { messages } = body({ input });
    expect((messages as { role: string }[]).map(({ role }) => role)).toEqual([
      "system",
      "user",
      "assistant",
      "tool",
      "assistant",
      "user",
    ]);
    expect(messages).toContainEqual({ role: "user", content: "a\n\nb" });
    expect(messages).toContainEqual({ role: "user", content: "c\n\nd" });
  });

  test("reasoning goes back in its own form", () => {
    const summary = [{ type: "summary_text" as const, text: "hm" }];
    const back = (item: Partial<HistoryItem>) =>
      (
        body({
          input: [text("user", "a"), { type: "reasoning", summary, ...item } as HistoryItem, text("assistant", "x")],
        }).messages as object[]
      )[2];
    expect(back({ field: "reasoning" })).toEqual({ role: "assistant", content: "x", reasoning: "hm" });
    expect(back({ field: "reasoning_content" })).toEqual({ role: "assistant", content: "x", reasoning_content: "hm" });
    expect(back({ details: [{ type: "t" }] })).toEqual({
      role: "assistant",
      content: "x",
      reasoning_details: [{ type: "t" }],
    });
    expect(back({})).toEqual({ role: "assistant", content: "x" });
  });
});
