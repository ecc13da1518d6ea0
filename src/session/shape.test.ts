// What a line must have to be used: each field that readers touch, taken away and put as something else.
import { describe, expect, test } from "bun:test";
import { isHistory, isUsable } from "./shape.ts";

type Line = Record<string, unknown>;
const BLOB = { $blob: "0".repeat(64), bytes: 1 };
const item = (body: Line): Line => ({ type: "item.completed", item: { id: "item_0", ...body } });
const added = (body: Line): Line => ({ type: "history.added", item: body });
const usage = { input_tokens: 1 };

/** A line of each kind, and the paths of what it must have: `text` may be a reference, a `list` and a `number` may not. */
const LINES: [string, Line, Record<string, "text" | "plain" | "list" | "number" | "object">][] = [
  ["the start", { type: "thread.started", thread_id: "t", cwd: "/" }, { thread_id: "text", cwd: "text" }],
  ["a name", { type: "thread.named", name: "n" }, { name: "plain" }],
  [
    "a turn",
    { type: "turn.started", turn_id: "t", context: { cwd: "/", model: "m", model_provider: "p" } },
    {
      turn_id: "text",
      context: "object",
      "context.cwd": "text",
      "context.model": "text",
      "context.model_provider": "text",
    },
  ],
  [
    "its end",
    { type: "turn.completed", turn_id: "t", usage },
    { turn_id: "text", usage: "object", "usage.input_tokens": "number" },
  ],
  [
    "its failure",
    { type: "turn.failed", turn_id: "t", usage, error: { message: "m" } },
    { turn_id: "text", usage: "object", error: "object", "error.message": "text" },
  ],
  ["a question", { type: "approval.requested", request: { call_id: "c" } }, { "request.call_id": "text" }],
  ["its answer", { type: "approval.resolved", call_id: "c" }, { call_id: "text" }],
  ["a denial", { type: "sandbox.denied", denial: { explanation: "e" } }, { "denial.explanation": "text" }],
  ["a compaction", { type: "history.replaced", history: [] }, { history: "list" }],
  ["a message", item({ type: "agent_message", text: "x" }), { item: "object", "item.id": "text", "item.text": "text" }],
  ["a thought", item({ type: "reasoning", text: "x" }), { "item.text": "text" }],
  [
    "a command",
    item({ type: "command_execution", command: "c", aggregated_output: "o" }),
    { "item.command": "text", "item.aggregated_output": "text" },
  ],
  [
    "a patch",
    item({ type: "file_change", changes: [{ path: "/a" }, { path: "/b" }] }),
    { "item.changes": "list", "item.changes.1.path": "text" },
  ],
  ["a tool", item({ type: "mcp_tool_call", server: "s", tool: "t" }), { "item.server": "text", "item.tool": "text" }],
  ["a search", item({ type: "web_search", query: "q" }), { "item.query": "text" }],
  [
    "a plan",
    item({ type: "todo_list", items: [{ text: "a" }, { text: "b" }] }),
    { "item.items": "list", "item.items.1.text": "text" },
  ],
  ["a problem", item({ type: "error", message: "m" }), { "item.message": "text" }],
  [
    "what was said",
    added({ type: "message", role: "user", content: [] }),
    { item: "object", "item.role": "text", "item.content": "list" },
  ],
  ["reasoning", added({ type: "reasoning", summary: [] }), { "item.summary": "list" }],
  [
    "a call",
    added({ type: "function_call", call_id: "c", name: "n", arguments: "{}" }),
    { "item.call_id": "text", "item.name": "text", "item.arguments": "text" },
  ],
  ["its output", added({ type: "function_call_output", call_id: "c" }), { "item.call_id": "text" }],
  [
    "a custom call",
    added({ type: "custom_tool_call", call_id: "c", name: "n", input: "i" }),
    { "item.call_id": "text", "item.name": "text", "item.input": "text" },
  ],
  ["the output of that", added({ type: "custom_tool_call_output", call_id: "c" }), { "item.call_id": "text" }],
];

/** A copy in which the value at a path is another; undefined: it is not there. */
function changed(line: Line, path: string, value: unknown): Line {
  const copy = structuredClone(line);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const place = keys.reduce((at, key) => at[key] as Line, copy);
  if (value === undefined) delete place[last];
  else place[last] = value;
  return copy;
}

const WRONG = {
  text: [undefined, null, 7, ["a"], {}, { other: 1 }],
  plain: [undefined, 7, BLOB],
  list: [undefined, null, "a", {}],
  number: [undefined, null, "1", BLOB],
  object: [undefined, null, "a", [], 7],
};
const RIGHT = { text: ["b", "", BLOB], plain: ["b", null], list: [[]], number: [0], object: [] as unknown[] };

for (const [name, line, fields] of LINES) {
  describe(`${name} (${line.type})`, () => {
    test("can be used, also with more than is known", () => {
      expect(isUsable(line)).toBe(true);
      expect(isUsable({ ...line, more: 1 })).toBe(true);
    });
    for (const [path, kind] of Object.entries(fields)) {
      test(`not without ${path}, a ${kind}`, () => {
        for (const value of WRONG[kind]) expect([value, isUsable(changed(line, path, value))]).toEqual([value, false]);
        for (const value of RIGHT[kind]) expect([value, isUsable(changed(line, path, value))]).toEqual([value, true]);
      });
    }
  });
}

test("an item that starts or goes on must have the same", () => {
  const [, message = {}] = LINES.find(([name]) => name === "a message") ?? [];
  for (const type of ["item.started", "item.updated"]) {
    expect(isUsable({ ...message, type })).toBe(true);
    expect(isUsable(changed({ ...message, type }, "item.text", 7))).toBe(false);
  }
});

test("kinds of a newer version are passed over, whatever their name; a line without a kind is none", () => {
  for (const type of ["thread.teleported", "toString", "constructor", "__proto__"]) {
    expect(isUsable({ type })).toBe(true);
    expect(isUsable(item({ type }))).toBe(true);
    expect(isUsable(added({ type }))).toBe(true);
  }
  for (const type of [undefined, null, 7, {}]) expect(isUsable({ type })).toBe(false);
});

test("what can stand in a history is an object of a kind", () => {
  expect(isHistory({ type: "message", role: "user", content: [] })).toBe(true);
  for (const value of [null, "[a message of line 3 is lost]", 7, [], {}, { type: "message" }])
    expect(isHistory(value)).toBe(false);
});
