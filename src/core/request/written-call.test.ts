import { describe, expect, test } from "bun:test";
import { respond, say } from "../../testkit/index.ts";
import { play, stage, turnOf } from "../harness.suite.ts";
import { writtenCall } from "./written-call.ts";

const TOOLS = ["exec_command", "apply_patch"];

describe("a call that was written as text", () => {
  test.each([
    '<tool_call>\n{"name": "exec_command", "arguments": {"cmd": "ls"}}\n</tool_call>',
    "<function=exec_command>\n<parameter=cmd>ls</parameter>\n</function>",
    '<function_calls>\n<invoke name="exec_command">',
    '[TOOL_CALLS]exec_command{"cmd": "ls"}',
    "<｜tool▁calls▁begin｜>exec_command",
    '<|tool_calls_section_begin|>functions.exec_command:0{"cmd":"ls"}',
    'commentary to=functions.exec_command {"cmd":"ls"}',
    '```tool_call\n{"name":"exec_command"}\n```',
    '{"name": "exec_command", "arguments": {"cmd": "ls"}}',
    '```json\n{"name": "exec_command", "parameters": {"cmd": "ls"}}\n```',
    '<|python_tag|>{"name": "exec_command", "parameters": {"cmd": "ls"}}',
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="exec_command">',
    '[{"name": "exec_command", "arguments": {"cmd": "ls"}}]',
    '{"tool": "exec_command", "args": {"cmd": "ls"}}',
    '{"type": "function", "function": {"name": "exec_command", "arguments": "{\\"cmd\\":\\"ls\\"}"}}',
    'Action: exec_command\nAction Input: {"cmd": "ls"}',
    '[exec_command(cmd="ls")]',
  ])("%s", (message) => expect(writtenCall(message, TOOLS)).toBe("exec_command"));

  test.each([
    "I ran exec_command and it printed nothing.",
    "Use `<tool_call>` tags for Qwen.",
    '{"name": "moat", "arguments": {}}',
    '{"name": "exec_command"}',
    '{"tool": "exec_command", "args": "none"}',
    '["exec_command"]',
    "[1, 2]",
    "null",
    "[exec_command]",
    "The tool is called exec_command; its name is in the spec.",
    "",
  ])("none: %s", (message) => expect(writtenCall(message, TOOLS)).toBeNull());

  test("the model is told, once", async () => {
    const written = respond(say('<tool_call>{"name": "exec_command", "arguments": {"cmd": "ls"}}</tool_call>'));
    using set = await stage([written, written, respond(say("never asked for"))]);
    await play(set, [turnOf("go")], () => ({ type: "abort" }));
    expect(set.server.requests).toHaveLength(2);
    expect(set.server.requests[1]?.raw).toContain("holds a call of exec_command as text");
  });
});
