// What the published programs write now and then, line by line: plans, interruptions, edits of the context, subagents, and nonsense.
import { describe, expect, test } from "bun:test";
import type { EventBody } from "../../../protocol/index.ts";
import { type ToldThread, toldLines } from "../told.suite.ts";
import { claude } from "./claude.ts";
import { copilot } from "./copilot.ts";
import { gemini } from "./gemini.ts";
import { pi } from "./pi.ts";
import { qwen } from "./qwen.ts";

const ID = "01a220c1-0000-4000-8000-000000000001";
const at = (second: number) => `2026-11-28T06:00:${String(second).padStart(2, "0")}.000Z`;

const bodies = <T extends EventBody["type"]>(thread: ToldThread | undefined, type: T) =>
  (thread?.events ?? []).flatMap(({ body }) => (body.type === type ? [body as Extract<EventBody, { type: T }>] : []));
const items = (thread: ToldThread | undefined) => bodies(thread, "item.completed").map(({ item }) => item);
const lastHistory = (thread: ToldThread | undefined) => bodies(thread, "history.replaced").at(-1)?.history;
const texts = (list: readonly unknown[] | undefined) =>
  (list ?? []).map((item) => {
    const { content = [] } = item as { content?: { text?: string }[] };
    return content.map(({ text }) => text).join("|");
  });

describe("claude", () => {
  const line = (uuid: string, parentUuid: string | null, type: string, message: object, more: object = {}) => ({
    type,
    uuid,
    parentUuid,
    message,
    sessionId: ID,
    cwd: "/w",
    timestamp: at(1),
    ...more,
  });
  const says = (uuid: string, parent: string | null, content: unknown, more: object = {}) =>
    line(uuid, parent, "user", { role: "user", content }, more);
  const answers = (uuid: string, parent: string, id: string, block: object, usage: object = {}) =>
    line(uuid, parent, "assistant", { role: "assistant", id, model: "m", content: [block], usage });
  const read = (...lines: unknown[]) => toldLines(claude.open, lines, `${ID}.jsonl`) ?? [];

  test("results hang beside the chain, whichever of them the chain goes on from", () => {
    const call = (id: string) => ({ type: "tool_use", id, name: "Bash", input: { command: id } });
    const result = (id: string) => [{ type: "tool_result", tool_use_id: id, content: id }];
    for (const goesOn of ["r1", "r2", "r3"]) {
      const [thread] = read(
        says("u", null, "go"),
        answers("a1", "u", "m1", call("c1")),
        answers("a2", "a1", "m1", call("c2")),
        answers("a3", "a2", "m1", call("c3")),
        says("r1", "a1", result("c1")),
        says("r2", "a2", result("c2")),
        says("r3", "a3", result("c3")),
        answers("b", goesOn, "m2", { type: "text", text: "done" }),
      );
      expect(
        items(thread).map((item) => (item.type === "command_execution" ? item.aggregated_output : item.type)),
      ).toEqual(["c1", "c2", "c3", "agent_message"]);
    }
  });

  test("what an answer took is on each of its lines, and counted once, as the last of them says", () => {
    const text = (word: string) => ({ type: "text", text: word });
    const used = (output_tokens: number) => ({ input_tokens: 10, cache_read_input_tokens: 5, output_tokens });
    const [thread] = read(
      says("u", null, "go"),
      answers("a1", "u", "m1", text("a"), used(1)),
      answers("a2", "a1", "m1", text("b"), used(7)),
      answers("b1", "a2", "m2", text("c"), used(2)),
    );
    expect(bodies(thread, "turn.completed")[0]?.usage).toMatchObject({
      input_tokens: 30,
      cached_input_tokens: 10,
      output_tokens: 9,
    });
  });

  test("a session in plan mode is in it here, and what comes after it is the user's", () => {
    const [thread] = read(
      says("u", null, "go", { permissionMode: "plan" }),
      answers("a", "u", "m", { type: "text", text: "ok" }),
    );
    const context = bodies(thread, "turn.started")[0]?.context;
    expect(context).toMatchObject({ sandbox_mode: "read-only", approval_policy: "never" });
    expect(context?.after_plan).toEqual({ sandbox_mode: "read-only", approval_policy: "on-request" });
    expect(context?.untold?.sandbox_mode).toBe("danger-full-access");
  });

  test("an interruption ends the turn; a call that never ended is shown", () => {
    const [thread] = read(
      says("u", null, "go"),
      answers("a", "u", "m", { type: "tool_use", id: "c", name: "Bash", input: { command: "sleep 9" } }),
      says("i", "a", [{ type: "text", text: "[Request interrupted by user for tool use]" }]),
    );
    expect(items(thread)).toMatchObject([
      { type: "command_execution", command: "sleep 9", exit_code: null, status: "failed" },
    ]);
    expect(bodies(thread, "turn.failed")).toMatchObject([{ error: { kind: "interrupted", message: "interrupted" } }]);
  });

  test("subagents are counted, a queued prompt steers, a file that was pointed at stays", () => {
    const attachment = (uuid: string, parent: string, of: object, more: object = {}) => ({
      ...line(uuid, parent, "attachment", {}),
      attachment: of,
      ...more,
    });
    const [thread] = read(
      says("u", null, "go"),
      says("s", "u", "sub", { isSidechain: true }),
      attachment("f", "u", { type: "file" }, { rendered: [{ content: "text of it" }] }),
      attachment("q", "f", { type: "queued_command", prompt: "and this" }),
      answers("a", "q", "m", { type: "text", text: "ok" }),
      { type: "brand-new-kind" },
    );
    const history = bodies(thread, "history.added").map(({ item }) => item);
    expect(texts(history)).toEqual(["go", "text of it", "and this", "ok"]);
    expect(thread?.turns).toBe(1);
    expect(thread?.skipped).toEqual({ "line of a subagent": 1, "brand-new-kind": 1 });
  });

  test("a branch without an answer is a fork, and one that nobody spoke in is none", () => {
    const [main, ...forks] = read(
      says("u", null, "go"),
      answers("a", "u", "m", { type: "text", text: "ok" }),
      says("b1", "a", "left"),
      { ...line("x", "a", "system", {}), subtype: "turn_duration" },
      says("b2", "a", "right"),
      answers("c", "b2", "m3", { type: "text", text: "fine" }),
    );
    expect(forks.map((fork) => texts(bodies(fork, "history.added").map(({ item }) => item)))).toEqual([
      ["go", "ok", "left"],
    ]);
    expect(forks[0]?.forked_from).toBe(main?.thread_id ?? "");
  });
});

describe("pi", () => {
  const head = { type: "session", version: 3, id: ID, timestamp: at(0), cwd: "/w" };
  const entry = (id: string, parentId: string | null, type: string, more: object) => ({
    type,
    id,
    parentId,
    timestamp: at(1),
    ...more,
  });
  const message = (id: string, parent: string | null, role: string, content: unknown) =>
    entry(id, parent, "message", { message: { role, content } });
  const text = (word: string) => [{ type: "text", text: word }];
  const read = (...lines: unknown[]) => toldLines(pi.open, [head, ...lines])?.[0];

  test("a compaction keeps what begins with the first entry that is kept", () => {
    const thread = read(
      message("1", null, "user", "one"),
      message("2", "1", "assistant", text("two")),
      message("3", "2", "user", text("three")),
      entry("4", "3", "compaction", { summary: "so far", firstKeptEntryId: "3" }),
    );
    expect(texts(lastHistory(thread))).toEqual(["so far", "three"]);
  });

  test("an edit of the context leaves out, or puts in, what was said", () => {
    const lines = [message("1", null, "user", "one"), message("2", "1", "assistant", text("two"))];
    expect(
      texts(lastHistory(read(...lines, entry("3", "2", "context_edit", { targetId: "1", replacement: null })))),
    ).toEqual(["two"]);
    expect(
      texts(lastHistory(read(...lines, entry("3", "2", "context_edit", { targetId: "2", replacement: "2!" })))),
    ).toEqual(["one", "2!"]);
  });

  test("thinking goes back as the provider signed it; ids of calls are those of the API", () => {
    const item = {
      type: "reasoning",
      id: "rs_1",
      summary: [{ type: "summary_text", text: "hm" }],
      encrypted_content: "e",
    };
    const thread = read(
      message("1", null, "user", "one"),
      entry("2", "1", "message", {
        message: {
          role: "assistant",
          provider: "openai",
          content: [
            { type: "thinking", thinking: "hm", thinkingSignature: JSON.stringify(item) },
            { type: "thinking", thinking: "so", thinkingSignature: "sig" },
            { type: "toolCall", id: "call_1|fc_1", name: "bash", arguments: { command: "ls" } },
          ],
        },
      }),
      entry("3", "2", "message", { message: { role: "toolResult", toolCallId: "call_1|fc_1", content: text("out") } }),
    );
    expect(bodies(thread, "history.added").map(({ item: one }) => one)).toMatchObject([
      { type: "message" },
      { ...item, provider: "openai" },
      { type: "reasoning", provider: "openai", signature: "sig" },
      { type: "function_call", call_id: "call_1", id: "fc_1", arguments: '{"command":"ls"}' },
      { type: "function_call_output", call_id: "call_1", output: "out" },
    ]);
  });
});

describe("gemini", () => {
  const head = { sessionId: ID, projectHash: "h", startTime: at(0) };
  const user = (id: string, word: string) => ({ id, type: "user", timestamp: at(1), content: [{ text: word }] });
  const answer = (id: string, content: string, more: object = {}) => ({
    id,
    type: "gemini",
    timestamp: at(2),
    content,
    ...more,
  });
  const read = (...lines: unknown[]) => toldLines(gemini.open, [head, ...lines])?.[0];

  test("the later of two lines with one id counts", () => {
    const thread = read(
      user("1", "go"),
      answer("2", "half"),
      answer("2", "whole", { tokens: { input: 5, output: 2, thoughts: 1 } }),
    );
    expect(texts(bodies(thread, "history.added").map(({ item }) => item))).toEqual(["go", "whole"]);
    expect(bodies(thread, "turn.completed")[0]?.usage).toMatchObject({
      input_tokens: 5,
      output_tokens: 3,
      reasoning_output_tokens: 1,
    });
  });

  test("a list in which something is missing is a compaction, and going back is that", () => {
    const lines = [user("1", "go"), answer("2", "ok"), user("3", "on"), answer("4", "fine")];
    const shorter = { $set: { messages: [user("9", "so far"), answer("4", "fine")] } };
    const thread = read(...lines, shorter, user("5", "more"));
    expect(bodies(thread, "history.replaced")).toMatchObject([{ why: "compacted" }]);
    expect(texts(lastHistory(thread))).toEqual(["so far", "fine"]);
    expect(thread?.turns).toBe(3);
    const back = read(...lines, { $rewindTo: "3" }, user("5", "again"));
    expect(bodies(back, "history.replaced")).toMatchObject([{ why: "rewound" }]);
    expect(texts(lastHistory(back))).toEqual(["go", "ok"]);
  });

  test("the one document that it was before", () => {
    const document = { ...head, messages: [user("1", "go"), answer("2", "ok")] };
    const [thread] = toldLines(gemini.open, [JSON.stringify(document, null, 2)], "session-1.json") ?? [];
    expect(texts(bodies(thread, "history.added").map(({ item }) => item))).toEqual(["go", "ok"]);
  });
});

describe("qwen and copilot", () => {
  test("qwen: going back leaves the other way as a fork", () => {
    const line = (uuid: string, parentUuid: string | null, type: string, text: string, more: object = {}) => ({
      uuid,
      parentUuid,
      type,
      sessionId: ID,
      cwd: "/w",
      timestamp: at(1),
      message: { parts: [{ text }] },
      ...more,
    });
    const threads = toldLines(qwen.open, [
      line("1", null, "user", "go", { provenance: "real_user" }),
      line("2", "1", "assistant", "ok"),
      line("3", "2", "user", "left"),
      { ...line("4", "2", "system", ""), subtype: "rewind" },
      line("5", "4", "user", "right"),
      line("6", "5", "user", "<note>", { provenance: "system_reminder" }),
    ]);
    const said = (threads ?? []).map((thread) => texts(bodies(thread, "history.added").map(({ item }) => item)));
    expect(said).toEqual([
      ["go", "ok", "right", "<note>"],
      ["go", "ok", "left"],
    ]);
  });

  test("copilot: a subagent's lines are counted, and going back is that", () => {
    const line = (id: string, type: string, data: object) => ({ type, id, data, timestamp: at(1) });
    const threads = toldLines(copilot.open, [
      line("0", "session.start", { sessionId: ID, context: { cwd: "/w" } }),
      line("1", "user.message", { content: "go" }),
      line("2", "assistant.message", { content: "ok" }),
      line("3", "assistant.message", { content: "sub", parentToolCallId: "c" }),
      line("4", "user.message", { content: "on" }),
      line("5", "session.snapshot_rewind", { upToEventId: "4" }),
    ]);
    const [thread] = threads ?? [];
    expect(texts(lastHistory(thread))).toEqual(["go", "ok"]);
    expect(thread?.skipped).toEqual({ "line of a subagent": 1 });
  });
});
