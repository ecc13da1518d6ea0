// Files of Codex threads: which they are, where their turns begin and end, and what is left of them.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { NO_USAGE } from "../../../protocol/index.ts";
import { tempHome } from "../../sample.suite.ts";
import { ForeignFile } from "../foreign-file.ts";
import { Losses } from "../losses.ts";
import { toldThreads } from "../told.suite.ts";
import { codex } from "./codex.ts";
import { CodexFile } from "./codex-lines.ts";

const ID = "01a220c1-0000-7000-8000-000000000001";
const at = (second: number) => `2026-11-28T06:00:${String(second).padStart(2, "0")}.000Z`;
const line = (type: string, payload: object, second = 0) => ({ timestamp: at(second), type, payload });
const meta = (more: object = {}) => line("session_meta", { id: ID, cwd: "/w", timestamp: at(0), ...more });
const said = (text: string, role = "user", second = 0) =>
  line(
    "response_item",
    { type: "message", role, content: [{ type: role === "assistant" ? "output_text" : "input_text", text }] },
    second,
  );
const event = (type: string, more: object = {}, second = 0) => line("event_msg", { type, ...more }, second);

function read(lines: unknown[], name = "rollout.jsonl") {
  using home = tempHome();
  const path = join(home.dir, name);
  const text = lines.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join("\n");
  const bytes = name.endsWith(".zst") ? Bun.zstdCompressSync(text) : Buffer.from(text);
  const file = new CodexFile(new ForeignFile(path, bytes));
  const read = [...file.lines()];
  const losses = new Losses();
  file.tell(losses);
  return {
    thread: toldThreads(codex.open, path, bytes)?.[0] ?? null,
    lines: { lines: read, damaged: losses.warnings },
  };
}
function thread(...lines: unknown[]) {
  const { thread } = read(lines);
  if (!thread) throw new Error("it is no thread");
  return thread;
}
const kinds = (...lines: unknown[]) =>
  thread(...lines).events.map(({ body }) => (body.type.startsWith("turn.") ? body.type : body.type.split(".")[0]));
const last = (type: string, ...lines: unknown[]) =>
  thread(...lines).events.findLast(({ body }) => body.type === type)?.body;

describe("a file", () => {
  test("is a thread by the id in its first line", () => {
    expect(thread(meta())).toEqual({
      thread_id: ID,
      started: at(0),
      forked_from: null,
      events: [
        {
          timestamp: at(0),
          body: { type: "thread.started", thread_id: ID, schema_version: 1, cwd: "/w", moat_version: "9.9.9" },
        },
      ],
      turns: 0,
      skipped: {},
      warnings: [],
    });
    for (const id of [undefined, 7, "short", "../../etc/passwd", "x".repeat(65), "0123456 ", "abcd_efgh"])
      expect(read([meta({ id })]).thread).toBeNull();
    for (const id of ["x".repeat(8), "x".repeat(64), "A-b-0-9-z"])
      expect(read([meta({ id })]).thread?.thread_id).toBe(id);
    expect(read([said("a")]).thread).toBeNull();
    expect(read([""]).thread).toBeNull();
  });

  test("tells when it began and where, as well as it can", () => {
    expect(thread({ ...meta(), payload: { id: ID, cwd: "/w" } }).started).toBe(at(0));
    expect(thread({ type: "session_meta", payload: { id: ID } }).started).toBe("1970-01-01T00:00:00.000Z");
    const cwd = (...lines: unknown[]) => thread(...lines).events[0]?.body;
    expect(cwd(meta({ cwd: null }), said("<cwd>/b</cwd>"))).toMatchObject({ cwd: "/b" });
    expect(cwd(meta({ cwd: null }))).toMatchObject({ cwd: "/" });
  });

  test("names what it was forked from, and says where the rest is", () => {
    const forked = thread(meta({ forked_from_id: "f", history_base: { thread_id: "b" } }));
    expect(forked.events[0]?.body).toMatchObject({ forked_from: "f" });
    expect(forked.warnings).toEqual(["what was said before the fork is in thread b: import that one too"]);
    expect(thread(meta({ history_base: "b" })).warnings).toEqual([]);
  });

  test("may be damaged, and hold what we have no use for", () => {
    const found = thread(
      meta(),
      "{",
      "[1]",
      event("x"),
      line("other", {}),
      line("other", {}),
      line("response_item", { type: "ghost" }),
    );
    expect(found.warnings).toEqual(["2 lines damaged and left out"]);
    expect(found.skipped).toEqual({ other: 2, ghost: 1 });
  });
});

describe("lines of every form", () => {
  test("of today, compressed or not", () => {
    for (const name of ["a.jsonl", "a.jsonl.zst"])
      expect(read([meta(), "", said("a")], name).lines).toEqual({
        lines: [meta(), said("a")] as never,
        damaged: [],
      });
  });

  test("of the first Rust versions: a bare first line, bare items, states", () => {
    const item = { type: "message", role: "user", content: [] };
    const first = { id: ID, timestamp: at(0), instructions: null };
    expect(read([first, item, { record_type: "state" }, first]).lines.lines).toEqual([
      { timestamp: at(0), type: "session_meta", payload: first },
      { timestamp: null, type: "response_item", payload: item },
      { timestamp: null, type: "response_item", payload: first },
    ] as never);
    expect(read([{ ...first, type: "x" }]).lines.lines).toMatchObject([{ type: "response_item" }]);
    expect(read([{ ...first, id: 7 }]).lines.lines).toMatchObject([{ type: "response_item" }]);
  });

  test("of the TypeScript program: one document", () => {
    const session = { id: ID, timestamp: at(0) };
    const item = { type: "message", role: "user", content: [] };
    const document = JSON.stringify({ session, items: [item, 7] }, null, 2);
    expect(read([document]).lines).toEqual({
      lines: [
        { timestamp: at(0), type: "session_meta", payload: session },
        { timestamp: null, type: "response_item", payload: item },
      ] as never,
      damaged: ["1 items are damaged and left out"],
    });
    expect(read([JSON.stringify({ session, items: 7 })]).lines.lines).toMatchObject([{ type: "response_item" }]);
    expect(read([JSON.stringify({ session: 7, items: [] })]).lines.lines).toMatchObject([{ type: "response_item" }]);
  });
});

describe("a turn", () => {
  const answer = said("ok", "assistant");

  test("begins with a prompt where nothing else says so, and ends with the next or the file", () => {
    expect(kinds(meta(), said("a"), answer, said("b"))).toEqual([
      "thread",
      "turn.started",
      "history",
      "item",
      "history",
      "turn.completed",
      "turn.started",
      "history",
      "turn.completed",
    ]);
    expect(thread(meta(), said("a"), answer, said("b")).turns).toBe(2);
    expect(last("turn.completed", meta(), said("a"))).toMatchObject({ turn_id: `${ID}:1` });
  });

  test("begins where the file says so, and then no prompt begins another", () => {
    for (const [start, end] of [
      ["task_started", "task_complete"],
      ["turn_started", "turn_complete"],
    ] as const) {
      const lines = [meta(), event(start), said("a"), said("b"), answer, event(end), said("c")];
      expect(thread(...lines).turns).toBe(2);
      expect(kinds(...lines).filter((kind) => kind?.startsWith("turn."))).toEqual([
        "turn.started",
        "turn.completed",
        "turn.started",
        "turn.completed",
      ]);
    }
  });

  test("is not begun by the context that stands before a prompt", () => {
    expect(kinds(meta(), said("<environment_context>x"), said("x", "developer"), said("a"))).toEqual([
      "thread",
      "history",
      "history",
      "turn.started",
      "history",
      "turn.completed",
    ]);
  });

  test("that was aborted failed, with the reason", () => {
    expect(last("turn.failed", meta(), said("a"), event("turn_aborted", { reason: "replaced" }))).toMatchObject({
      error: { kind: "interrupted", message: "replaced", retryable: false },
    });
    expect(last("turn.failed", meta(), said("a"), event("turn_aborted"))).toMatchObject({
      error: { message: "interrupted" },
    });
    expect(kinds(meta(), event("turn_aborted"), event("task_complete"))).toEqual(["thread"]);
  });

  test("has the time of its lines, each line's own", () => {
    const times = thread(
      meta(),
      said("a", "user", 3),
      { ...said("b", "assistant"), timestamp: null },
      event("task_complete", {}, 5),
    );
    expect(times.events.map(({ timestamp }) => timestamp)).toEqual([at(0), at(3), at(3), at(3), at(3), at(5)]);
  });

  test("used what was counted since the last one", () => {
    const count = (input_tokens: number) => event("token_count", { info: { total_token_usage: { input_tokens } } });
    const lines = [meta(), said("a"), count(10), said("b"), count(15), event("token_count", { info: null })];
    const used = thread(...lines).events.flatMap(({ body }) =>
      body.type === "turn.completed" ? [[body.usage.input_tokens, body.turn_usage.input_tokens]] : [],
    );
    expect(used).toEqual([
      [10, 10],
      [15, 5],
    ]);
    const record = line("token_usage_record", { thread_token_usage: { ...NO_USAGE, output_tokens: 3 } });
    expect(last("turn.completed", meta(), said("a"), record)).toMatchObject({ usage: { output_tokens: 3 } });
    expect(last("turn.completed", meta(), said("a"), record, line("token_usage_record", {}))).toMatchObject({
      usage: { output_tokens: 3 },
    });
  });

  test("shows a call with its output, and an output without a call not at all", () => {
    const call = line("response_item", {
      type: "function_call",
      call_id: "c",
      name: "shell",
      arguments: '{"command":["ls"]}',
    });
    const output = (call_id: string) =>
      line("response_item", { type: "function_call_output", call_id, output: "Output:\nx" });
    const items = thread(meta(), said("a"), call, output("c"), output("other"), said("ok", "assistant")).events.flatMap(
      ({ body }) => (body.type === "item.completed" ? [body.item] : []),
    );
    expect(items).toMatchObject([
      { id: "item_0", type: "command_execution", aggregated_output: "x" },
      { id: "item_1", type: "agent_message" },
    ]);
  });
});

describe("a history that was replaced", () => {
  const history = (...lines: unknown[]) => {
    const body = last("history.replaced", meta(), ...lines);
    if (body?.type !== "history.replaced") return null;
    return body.history.map((item) =>
      item.type === "message" ? `${item.role}: ${JSON.stringify(item.content[0])}` : item.type,
    );
  };
  const text = (role: string, text: string) => `${role}: {"type":"input_text","text":"${text}"}`;

  test("by the summary of a compaction: what was said stays, answers go", () => {
    const compacted = line("compacted", { message: "sum" });
    expect(history(said("a"), said("x", "developer"), said("ok", "assistant"), compacted)).toEqual([
      text("developer", "x"),
      text("user", "a"),
      text("user", "sum"),
    ]);
    expect(history(said("a"), line("compacted", {}))).toEqual([
      text("user", "a"),
      text("user", "(no summary available)"),
    ]);
  });

  test("by what the file says stands in its place", () => {
    const item = { type: "message", role: "user", content: [{ type: "input_text", text: "new" }] };
    expect(
      history(said("a"), line("compacted", { message: "sum", replacement_history: [item, { type: "ghost" }] })),
    ).toEqual([text("user", "new")]);
    const kept = line("response_item", {
      type: "message",
      role: "user",
      id: "m",
      content: [{ type: "input_text", text: "kept" }],
    });
    const entries = [{ item_id: "m" }, { item_id: "none" }, { item }];
    expect(history(kept, said("b"), line("compacted", { replacement_history_entries: entries }))).toEqual([
      text("user", "kept"),
      text("user", "new"),
    ]);
  });

  test("by going back so many turns", () => {
    const turns = [said("a"), said("ok", "assistant"), said("b"), said("ok", "assistant"), said("c")];
    const back = (num_turns: unknown) => history(...turns, event("thread_rolled_back", { num_turns }));
    expect(back(1)).toHaveLength(4);
    expect(back(2)).toHaveLength(2);
    expect(back(3)).toEqual([]);
    expect(back(9)).toEqual([]);
    for (const none of [0, null, "x", undefined]) expect(back(none)).toBeNull();
    expect(history(...turns, event("another_kind", { num_turns: 1 }))).toBeNull();
  });
});
