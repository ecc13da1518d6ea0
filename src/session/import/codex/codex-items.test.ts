// Lines of Codex rollouts, one kind at a time: what the model is sent again, and what a person sees.
import { describe, expect, test } from "bun:test";
import type { HistoryItem } from "../../../protocol/index.ts";
import { difference } from "../thread-writer.ts";
import { cwdOf, usageOf } from "./codex-context.ts";
import { historyItem, plain } from "./codex-history.ts";
import { shownCodexCall, shownItem } from "./codex-items.ts";

describe("an item of the API keeps what the API knows", () => {
  test.each<[string, object, object | null]>([
    [
      "a message of a person",
      { type: "message", role: "user", content: [{ type: "input_text", text: "a", x: 1 }], x: 1 },
      { type: "message", role: "user", content: [{ type: "input_text", text: "a" }] },
    ],
    [
      "one of the model, with its id, status and phase",
      {
        type: "message",
        role: "assistant",
        id: "m",
        status: "completed",
        phase: "final",
        content: [{ type: "output_text", text: "a" }],
      },
      {
        type: "message",
        role: "assistant",
        id: "m",
        status: "completed",
        phase: "final",
        content: [{ type: "output_text", text: "a" }],
      },
    ],
    [
      "one of anybody else is a developer's",
      { type: "message", role: "system", content: [{ type: "input_text", text: "a" }] },
      { type: "message", role: "developer", content: [{ type: "input_text", text: "a" }] },
    ],
    [
      "a picture; what is no part is left out",
      {
        type: "message",
        role: "user",
        id: 7,
        phase: 7,
        content: [
          { type: "input_image", image_url: "data:x" },
          { type: "input_image", image_url: 7 },
          { type: "input_text", text: 7 },
          { type: "other", text: "a" },
          "a",
          null,
        ],
      },
      { type: "message", role: "user", content: [{ type: "input_image", image_url: "data:x" }] },
    ],
    ["a message without parts", { type: "message", role: "user", content: [] }, null],
    ["one whose content is none", { type: "message", role: "user", content: "a" }, null],
    [
      "reasoning",
      {
        type: "reasoning",
        id: "r",
        summary: [{ type: "summary_text", text: "a" }, { text: 7 }, "x"],
        encrypted_content: "e",
      },
      {
        type: "reasoning",
        id: "r",
        summary: [{ type: "summary_text", text: "a" }],
        encrypted_content: "e",
        provider: "p",
      },
    ],
    [
      "reasoning without all of it",
      { type: "reasoning" },
      { type: "reasoning", summary: [], encrypted_content: null, provider: "p" },
    ],
    [
      "a call",
      {
        type: "function_call",
        id: "f",
        status: "completed",
        call_id: "c",
        name: "n",
        arguments: "{}",
        namespace: "s",
        x: 1,
      },
      { type: "function_call", id: "f", status: "completed", call_id: "c", name: "n", arguments: "{}", namespace: "s" },
    ],
    [
      "a call without names",
      { type: "function_call", id: "f" },
      { type: "function_call", id: "f", call_id: "f", name: "", arguments: "" },
    ],
    [
      "a call without an id",
      { type: "function_call" },
      { type: "function_call", call_id: "", name: "", arguments: "" },
    ],
    [
      "a shell call of the API",
      {
        type: "local_shell_call",
        call_id: "c",
        action: { command: ["ls"], working_directory: "/w", timeout_ms: 5, env: {} },
      },
      {
        type: "function_call",
        call_id: "c",
        name: "shell",
        arguments: '{"command":["ls"],"workdir":"/w","timeout":5}',
      },
    ],
    [
      "one without more than its command",
      { type: "local_shell_call", call_id: "c", action: { command: ["ls"], working_directory: null, timeout_ms: "5" } },
      { type: "function_call", call_id: "c", name: "shell", arguments: '{"command":["ls"]}' },
    ],
    [
      "one without an action",
      { type: "local_shell_call", id: "c", action: null },
      { type: "function_call", call_id: "c", name: "shell", arguments: "{}" },
    ],
    [
      "an output",
      { type: "function_call_output", call_id: "c", output: "o" },
      { type: "function_call_output", call_id: "c", output: "o" },
    ],
    [
      "an output in parts",
      {
        type: "function_call_output",
        call_id: "c",
        output: [
          { type: "input_text", text: "o" },
          { type: "input_image", image_url: "i" },
        ],
      },
      {
        type: "function_call_output",
        call_id: "c",
        output: [
          { type: "input_text", text: "o" },
          { type: "input_image", image_url: "i" },
        ],
      },
    ],
    [
      "an output of the first versions",
      { type: "function_call_output", call_id: "c", output: { content: "o", success: true } },
      { type: "function_call_output", call_id: "c", output: "o" },
    ],
    [
      "an output that is none",
      { type: "function_call_output", call_id: "c", output: { success: true } },
      { type: "function_call_output", call_id: "c", output: "" },
    ],
    [
      "no output at all",
      { type: "function_call_output", call_id: "c" },
      { type: "function_call_output", call_id: "c", output: "" },
    ],
    [
      "a custom call",
      { type: "custom_tool_call", id: "f", status: "completed", call_id: "c", name: "n", input: "i" },
      { type: "custom_tool_call", id: "f", status: "completed", call_id: "c", name: "n", input: "i" },
    ],
    [
      "a custom call without names",
      { type: "custom_tool_call", call_id: "c" },
      { type: "custom_tool_call", call_id: "c", name: "", input: "" },
    ],
    [
      "its output, as text",
      {
        type: "custom_tool_call_output",
        call_id: "c",
        output: [
          { type: "input_text", text: "a" },
          { type: "input_text", text: "b" },
        ],
      },
      { type: "custom_tool_call_output", call_id: "c", output: "a\nb" },
    ],
    [
      "a search",
      { type: "web_search_call", id: "w", status: "completed", action: { type: "search", query: "q" } },
      { type: "web_search_call", id: "w", status: "completed", action: { type: "search", query: "q" } },
    ],
    ["a kind that is not known", { type: "ghost_snapshot" }, null],
  ])("%s", (_, item, kept) => {
    expect(historyItem(item as never, "p")).toEqual(kept as never);
  });

  test("a text in parts is its texts", () => {
    expect(plain("a")).toBe("a");
    expect(
      plain([
        { type: "input_text", text: "a" },
        { type: "input_image", image_url: "x" },
      ]),
    ).toBe("a\n");
  });
});

describe("a person sees", () => {
  const shown = (item: object) => shownItem(item as HistoryItem);

  test("what the model said, thought and looked for", () => {
    expect(shown({ type: "message", role: "assistant", content: [{ type: "output_text", text: "a" }] })).toEqual({
      type: "agent_message",
      text: "a",
    });
    expect(shown({ type: "message", role: "user", content: [{ type: "input_text", text: "a" }] })).toBeNull();
    expect(shown({ type: "reasoning", summary: [{ text: "a" }, { text: "b" }] })).toEqual({
      type: "reasoning",
      text: "a\n\nb",
    });
    expect(shown({ type: "reasoning", summary: [] })).toBeNull();
    const action = { type: "search", query: "q" };
    expect(shown({ type: "web_search_call", action })).toEqual({ type: "web_search", query: "q", action });
    expect(shown({ type: "web_search_call", action: { query: 7 } })).toMatchObject({ query: "", action: { query: 7 } });
    expect(shown({ type: "web_search_call" })).toEqual({ type: "web_search", query: "", action: null });
    expect(shown({ type: "function_call", call_id: "c", name: "n", arguments: "{}" })).toBeNull();
  });

  const call = (name: string, args: unknown, output = "", more = {}) =>
    shownCodexCall(
      {
        type: "function_call",
        call_id: "c",
        name,
        arguments: typeof args === "string" ? args : JSON.stringify(args),
        ...more,
      },
      output,
      "/w",
    );
  const custom = (name: string, input: string, output = "") =>
    shownCodexCall({ type: "custom_tool_call", call_id: "c", name, input }, output, "/w");

  test("a command, whatever its tool was called, quoted for a shell", () => {
    const ran = { type: "command_execution", aggregated_output: "", exit_code: 0, status: "completed" };
    for (const name of ["shell", "container.exec", "local_shell"])
      expect(call(name, { command: ["ls", "-l", "a b", "it's", ""] })).toEqual({
        ...ran,
        command: "ls -l 'a b' 'it'\\''s' ''",
      } as never);
    for (const [name, args] of [
      ["shell_command", { command: "ls -l" }],
      ["exec_command", { cmd: "ls -l" }],
    ] as const)
      expect(call(name, args)).toEqual({ ...ran, command: "bash -lc 'ls -l'" } as never);
    expect(call("shell", { command: ["a", 7, "b"] })).toMatchObject({ command: "a b" });
    expect(call("shell", "no JSON")).toMatchObject({ command: "" });
    expect(call("shell", { command: 7 })).toMatchObject({ command: "" });
  });

  test.each<[string, string, number | null, string]>([
    ["of the first versions", '{"output":"o","metadata":{"exit_code":3}}', 3, "o"],
    ["of the first versions, without a code", '{"output":"o"}', 0, "o"],
    ["that is JSON itself", '{"out":"o"}', 0, '{"out":"o"}'],
    ["of later versions", "Chunk ID: x\nProcess exited with code 3\nOutput:\na\nOutput:\nb", 3, "a\nOutput:\nb"],
    ["with another word for it", "Exit code: -1\nWall time: 1\nOutput:\na", -1, "a"],
    ["of one that still runs", "Process running with session ID 7\nOutput:\na", null, "a"],
    ["without a code", "Wall time: 1\nOutput:\na", 0, "a"],
    ["of a call that never ran", "failed to parse arguments", -1, "failed to parse arguments"],
    ["of another one", "Unsupported call: x", -1, "Unsupported call: x"],
    ["that only speaks of a failure", "Output:\nfailed", 0, "failed"],
    ["that says so later", "it failed", 0, "it failed"],
    ["whose code comes late", `${"x".repeat(490)}\nExit code: 3`, 0, `${"x".repeat(490)}\nExit code: 3`],
    ["whose code comes in time", `${"x".repeat(480)}\nExit code: 3`, 3, `${"x".repeat(480)}\nExit code: 3`],
    ["with its code inside a line", "a Exit code: 3", 0, "a Exit code: 3"],
    ["with more on the line of its code", "Exit code: 3 of 4", 0, "Exit code: 3 of 4"],
  ])("an output %s", (_, output, exit_code, aggregated_output) => {
    const status = exit_code === 0 || exit_code === null ? "completed" : "failed";
    expect(call("shell", { command: ["x"] }, output)).toMatchObject({ aggregated_output, exit_code, status });
  });

  test("a patch, however it was sent", () => {
    const patch =
      "*** Begin Patch\n*** Add File: a\n+x\n*** Update File: b/c \n*** Move to:  d\n*** Delete File: /e\n*** End Patch";
    const change = {
      type: "file_change",
      changes: [
        { path: "/w/a", kind: "add" },
        { path: "/w/b/c", kind: "update", move_path: "/w/d" },
        { path: "/e", kind: "delete" },
      ],
      status: "completed",
    };
    expect(custom("apply_patch", patch)).toEqual(change as never);
    expect(call("apply_patch", { input: patch })).toEqual(change as never);
    expect(call("shell", { command: ["apply_patch", patch] })).toEqual(change as never);
    expect(call("shell", { command: ["applypatch", patch] })).toEqual(change as never);
    expect(call("shell_command", { command: `apply_patch <<'EOF'\n${patch}\nEOF` })).toEqual(change as never);
    expect(call("apply_patch", { input: patch }, "Exit code: 1\nOutput:\nno")).toMatchObject({ status: "failed" });
    expect(custom("apply_patch", "*** Move to: x")).toMatchObject({ changes: [] });
    expect(call("apply_patch", "none")).toMatchObject({ type: "file_change", changes: [] });
    expect(call("shell", { command: ["xapply_patch", patch] })).toMatchObject({ type: "command_execution" });
    expect(call("shell_command", { command: `ls; apply_patch <<'EOF'\n${patch}\nEOF` })).toMatchObject({
      type: "command_execution",
    });
  });

  test("a plan", () => {
    const plan = [{ step: "a", status: "completed" }, { step: "b", status: "pending" }, { status: "completed" }, "x"];
    expect(call("update_plan", { plan })).toEqual({
      type: "todo_list",
      items: [
        { text: "a", completed: true },
        { text: "b", completed: false },
        { text: "", completed: true },
      ],
    });
  });

  test("any other tool, with its server and its output", () => {
    const result = { content: [{ type: "text", text: "o" }], structured_content: null };
    const done = { type: "mcp_tool_call", tool: "t", result, error: null, status: "completed" };
    expect(call("t", { a: 1 }, "o", { namespace: "mcp__s" })).toEqual({
      ...done,
      server: "s",
      arguments: { a: 1 },
    } as never);
    expect(call("t", { a: 1 }, "o", { namespace: "xmcp__s" })).toMatchObject({ server: "xmcp__s" });
    expect(call("t", "none", "o")).toEqual({ ...done, server: "codex", arguments: {} } as never);
    expect(custom("t", "i", "o")).toEqual({ ...done, server: "codex", arguments: { input: "i" } } as never);
  });
});

describe("what a file says about its thread", () => {
  const line = (type: string, payload: object) => ({ timestamp: null, type, payload: payload as never });
  const said = (text: string, role = "user") =>
    line("response_item", { type: "message", role, content: [{ type: "input_text", text }] });

  test("its directory: in a turn's settings, or in what the model was told of it", () => {
    expect(cwdOf([line("turn_context", { cwd: "/a" }), said("<cwd>/b</cwd>")])).toBe("/a");
    expect(cwdOf([said("x"), said("<environment_context>\n<cwd> /b c </cwd>")])).toBe("/b c");
    expect(cwdOf([said("Env\nCurrent working directory: /d e \nmore")])).toBe("/d e");
    expect(cwdOf([said("the Current working directory: /d")])).toBeNull();
    expect(cwdOf([line("turn_context", { cwd: 7 }), line("event_msg", { text: "<cwd>/b</cwd>" })])).toBeNull();
    expect(cwdOf([line("response_item", { type: "reasoning", summary: [{ text: "<cwd>/b</cwd>" }] })])).toBeNull();
  });

  test("what was used, in whole and since", () => {
    const usage = {
      input_tokens: 9,
      cached_input_tokens: 8,
      cache_write_input_tokens: 7,
      output_tokens: 6,
      reasoning_output_tokens: 5,
    };
    expect(usageOf({ ...usage, total_tokens: 99 })).toEqual(usage);
    expect(usageOf({ input_tokens: 9, output_tokens: "6" })).toEqual({
      input_tokens: 9,
      cached_input_tokens: 0,
      cache_write_input_tokens: 0,
      output_tokens: 0,
      reasoning_output_tokens: 0,
    });
    for (const value of [null, undefined, 7, "x", [usage]]) expect(usageOf(value)).toBeNull();
    expect(difference(usage, { ...usage, input_tokens: 4, reasoning_output_tokens: 0 })).toEqual({
      input_tokens: 5,
      cached_input_tokens: 0,
      cache_write_input_tokens: 0,
      output_tokens: 0,
      reasoning_output_tokens: 5,
    });
  });
});
