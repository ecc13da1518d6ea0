// What a thread is made of when it is read again: one form of it, whatever the file holds.
import { describe, expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import type { EventBody, HistoryItem } from "../protocol/index.ts";
import { readThread } from "./index.ts";
import { Rollout } from "./read.ts";
import { sampleTurn, tempHome, userMessage } from "./sample.suite.ts";

describe("a thread that is read again", () => {
  const added = (item: HistoryItem) => ({ type: "history.added" as const, item });
  const asked = (call_id: string): EventBody => ({
    type: "approval.requested",
    request: {
      call_id,
      effect: { kind: "mcp", server: "s", tool: "t", read_only: false },
      reason: "it is not known to only read",
      justification: null,
      sandbox: "workspace-write",
      denial: null,
      choices: [],
    },
  });
  const answered = (call_id: string): EventBody => ({
    type: "approval.resolved",
    call_id,
    decision: { type: "approved" },
  });

  test("has one output for each call: the API refuses a second one, and one without a call", () => {
    using home = tempHome();
    const output = (call_id: string, output: string): HistoryItem => ({
      type: "function_call_output",
      call_id,
      output,
    });
    const custom = (call_id: string, output: string): HistoryItem => ({
      type: "custom_tool_call_output",
      call_id,
      output,
    });
    const calls: HistoryItem[] = [
      { type: "function_call", call_id: "a", name: "exec_command", arguments: "{}" },
      { type: "custom_tool_call", call_id: "b", name: "apply_patch", input: "" },
    ];
    const items = [
      output("early", "?"),
      ...calls,
      output("a", "1"),
      output("a", "2"),
      custom("b", "3"),
      custom("b", "4"),
    ];
    const path = home.thread("t", items.map(added));
    expect(readThread(path).history).toEqual([...calls, output("a", "1"), custom("b", "3")]);
  });

  test("waits for an answer until that question is answered, whatever else is", () => {
    using home = tempHome();
    const [started] = sampleTurn(0);
    if (!started) throw new Error("the sample has no events");
    const pending = (...more: EventBody[]) =>
      readThread(home.thread(String(more.length), [started, asked("a"), ...more])).pending_approval?.call_id ?? null;
    expect(pending()).toBe("a");
    expect(pending(answered("b"))).toBe("a");
    expect(pending(answered("b"), answered("a"))).toBe(null);
    expect(pending(answered("b"), answered("a"), asked("c"))).toBe("c");
  });
});

describe("references", () => {
  test.each([
    ["its own line", 1],
    ["a later line", 2],
  ])("a reference to %s is lost: it could go round for ever", (_, seq) => {
    using home = tempHome();
    const path = home.thread("t", []);
    const line = (seq: number, item: unknown) =>
      `${JSON.stringify({ timestamp: "2026-03-04T05:06:07.000Z", seq, type: "history.added", item })}\n`;
    const text = { $join: ["a ", { seq, start: 0, end: 5 }] };
    const message = (content: unknown) => ({ type: "message", role: "user", content: [content] });
    appendFileSync(path, line(1, message({ type: "input_text", text, more: { $item: seq } })));
    appendFileSync(path, line(2, userMessage("later")));
    const { history, damaged } = readThread(path);
    expect(damaged.map(({ line, reason }) => [line, reason])).toEqual([
      [2, `output of line ${seq} is lost`],
      [2, `a message of line ${seq} is lost`],
    ]);
    const kept = {
      type: "input_text",
      text: `a [output of line ${seq} is lost]`,
      more: `[a message of line ${seq} is lost]`,
    };
    expect(history).toEqual([message(kept), userMessage("later")] as typeof history);
  });
});

test("a damaged line counts once, however often it is looked at", () => {
  using home = tempHome();
  const path = home.thread("t", sampleTurn(0));
  appendFileSync(path, '{"timestamp":"2026-03-04T05:06:07.000Z","seq":9,"type":"turn.started",}\n');
  const rollout = Rollout.of(path);
  for (const line of [...rollout.lines, ...rollout.lines]) rollout.event(line);
  expect(rollout.damaged).toHaveLength(1);
});
