import { describe, expect, test } from "bun:test";
import type { HistoryItem } from "../../protocol/index.ts";
import { type ReplayLimits, replayable, withPlainId } from "./replay.ts";

const ALL: ReplayLimits = { provider: "here", images: true, reasoning: true, short_ids: false };
const call = (call_id: string, args = "{}", more: Partial<HistoryItem> = {}): HistoryItem =>
  ({ type: "function_call", call_id, name: "ls", arguments: args, ...more }) as HistoryItem;
const output = (call_id: string, text = "x"): HistoryItem => ({ type: "function_call_output", call_id, output: text });
const ids = (items: HistoryItem[]) => items.map((item) => ("call_id" in item ? item.call_id : item.type));

describe("a history as a server takes it", () => {
  test("what needs no change is the same object", () => {
    const items = [call("a", '{"x":1}'), output("a"), call("b", " {}")];
    for (const [index, item] of replayable(items, ALL).entries()) expect(item).toBe(items[index] as HistoryItem);
  });

  test.each(['{"cmd":"ls', '{"a":1}{"b":2}', '["ls"]', '"ls"', "null", "{'cmd': 'ls'}", "```json\n{}\n```"])(
    "arguments that are no object go back as one that holds them: %s",
    (args) => {
      const [item] = replayable([call("a", args)], ALL);
      const sent = item?.type === "function_call" ? item.arguments : "";
      expect(JSON.parse(sent)).toEqual({ malformed_arguments: args });
    },
  );

  test.each([
    ["exec_command<|channel|>commentary", "exec_command"],
    ["functions.exec_command\n", "functions_exec_command"],
    ["<|x|>", "unnamed"],
  ])("a name that no server takes goes back as one: %p", (name, sent) => {
    expect(replayable([call("a", "{}", { name } as Partial<HistoryItem>)], ALL)).toMatchObject([{ name: sent }]);
  });

  test("no arguments at all are an empty object", () => {
    expect(replayable([call("a", "")], ALL)).toMatchObject([{ arguments: "{}" }]);
  });

  test("ids that came twice are made unique, and outputs follow their calls in order", () => {
    const items = [call("a"), call("a"), output("a", "1"), output("a", "2"), call("a"), output("a", "3")];
    expect(ids(replayable(items, ALL))).toEqual(["a", "a_2", "a", "a_2", "a_3", "a_3"]);
  });

  test("a missing id, and one that another call has already", () => {
    const items = [call(""), output(""), call("a"), call("a"), call("a_2"), output("a"), output("a"), output("a_2")];
    expect(ids(replayable(items, ALL))).toEqual(["call_2", "call_2", "a", "a_3", "a_2", "a", "a_3", "a_2"]);
  });

  test("short ids are nine letters or digits, and the same each time", () => {
    const items = replayable([call("call_abcdefgh"), output("call_abcdefgh"), call("Abcdef123")], {
      ...ALL,
      short_ids: true,
    });
    const [one, two, three] = ids(items);
    expect(one).toMatch(/^[a-z0-9]{9}$/);
    expect(two).toBe(one as string);
    expect(three).toBe("Abcdef123");
  });

  test("reasoning goes back to the provider that thought it, and to no other", () => {
    const thought = (provider?: string | null): HistoryItem => ({
      type: "reasoning",
      summary: [],
      encrypted_content: "gAAA",
      ...(provider === undefined ? {} : { provider }),
    });
    expect(replayable([thought("here")], ALL)).toHaveLength(1);
    expect(replayable([thought("there"), thought()], ALL)).toEqual([]);
    // Before the name was written down only OpenAI encrypted.
    expect(replayable([thought()], { ...ALL, provider: "openai" })).toHaveLength(1);
    // Imported, and nobody knows of whom it is: whoever gets it says whether it is theirs.
    expect(replayable([thought(null)], ALL)).toHaveLength(1);
    expect(replayable([thought("here")], { ...ALL, reasoning: false })).toEqual([]);
  });

  test("what hangs on a call goes back to its server alone", () => {
    const extra = { extra_content: { google: { thought_signature: "A" } } } as Partial<HistoryItem>;
    expect(replayable([call("a", "{}", { ...extra, provider: "here" } as Partial<HistoryItem>)], ALL)).toMatchObject([
      extra,
    ]);
    const [other] = replayable([call("a", "{}", { ...extra, provider: "there" } as Partial<HistoryItem>)], ALL);
    expect(other).toEqual(call("a"));
  });

  test("what LiteLLM hangs on a call, too", () => {
    const fields = { provider_specific_fields: { thought_signature: "A" } } as Partial<HistoryItem>;
    const made = (provider: string) => call("a", "{}", { ...fields, provider } as Partial<HistoryItem>);
    expect(replayable([made("here")], ALL)).toMatchObject([fields]);
    expect(replayable([made("there")], ALL)).toEqual([call("a")]);
  });

  test("ids that Claude's own server refuses are others there, the same for a call and its output", () => {
    const [made, output] = [
      call("functions.run:0"),
      { type: "function_call_output", call_id: "functions.run:0", output: "" },
    ];
    const ids = [made, output as HistoryItem].map(withPlainId).map((item) => ("call_id" in item ? item.call_id : ""));
    expect(ids[0]).toMatch(/^[a-zA-Z0-9_-]+$/);
    expect(ids[1]).toBe(ids[0] ?? "");
    expect(withPlainId(call("toolu_1"))).toEqual(call("toolu_1"));
  });

  test("images are replaced where a server takes none", () => {
    const image = { type: "input_image" as const, image_url: "data:image/png;base64,AA==" };
    const items: HistoryItem[] = [
      { type: "message", role: "user", content: [{ type: "input_text", text: "look" }, image] },
      { type: "function_call_output", call_id: "a", output: [image] },
    ];
    expect(JSON.stringify(replayable(items, ALL))).toContain("data:image");
    const without = JSON.stringify(replayable(items, { ...ALL, images: false }));
    expect(without).not.toContain("data:image");
    expect(without).toContain("cannot be shown");
  });
});
