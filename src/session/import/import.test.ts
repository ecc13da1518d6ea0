// Rollouts of the Codex CLI. The fixtures were written by hand after its public sources; see codex-lines.ts.
import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRollout, readThread } from "../index.ts";
import { completedItems, tempHome } from "../sample.suite.ts";
import { ForeignFile, type ImportResult, listThreads, openImporter } from "../store.ts";
import { codex } from "./codex/codex.ts";

const fixtures = join(import.meta.dir, "fixtures");
const fixture = (scenario: string) => join(fixtures, scenario, readdirSync(join(fixtures, scenario))[0] ?? "");

/** Imports one file. */
async function importOne(home: string, file: string): Promise<ImportResult> {
  const target = { moat_home: home, moat_version: "0.1.0", cwd: "/here", date: () => new Date(0) };
  using importer = openImporter(target);
  const [result] = await importer.take("codex", new ForeignFile(file), null);
  if (!result) throw new Error("nothing came of it");
  return result;
}

async function imported(home: string, file: string) {
  const result = await importOne(home, file);
  if (!result.ok) throw new Error(result.message);
  return { result, thread: readThread(result.path), items: completedItems(result.path) };
}

describe("Codex 0.20", () => {
  test("messages, commands, patches and the plan", async () => {
    using home = tempHome();
    const { result, thread, items } = await imported(home.dir, fixture("codex-0.20"));
    expect(result).toMatchObject({
      thread_id: "5973b6c0-94b8-487b-a530-2aeb6098ae0e",
      turns: 2,
      skipped: { ghost_snapshot: 1 },
      warnings: ["1 line damaged and left out"],
    });
    expect(items.map(({ id, ...body }) => body)).toEqual([
      { type: "reasoning", text: "**Looking at the test**" },
      {
        type: "command_execution",
        command: "bash -lc 'npm test'",
        aggregated_output: "1 failed\n",
        exit_code: 1,
        status: "failed",
      },
      {
        type: "file_change",
        changes: [
          { path: "/home/ada/calc/src/add.ts", kind: "update" },
          { path: "/home/ada/calc/notes.md", kind: "add" },
        ],
        status: "completed",
      },
      {
        type: "command_execution",
        command: "ls '-l a'",
        aggregated_output: "src\n",
        exit_code: 0,
        status: "completed",
      },
      {
        type: "todo_list",
        items: [
          { text: "Read", completed: true },
          { text: "Fix", completed: false },
        ],
      },
      { type: "agent_message", text: "The sign was wrong; it is fixed." },
      { type: "agent_message", text: "Nothing to change." },
    ]);
    expect(thread).toMatchObject({ cwd: "/home/ada/calc", turns: 2, open_turn: null, next_item: 7 });
    // Nothing says what a turn was allowed, or who answered: the user's configuration does, within what the model was told.
    expect(thread.context).toMatchObject({ sandbox_mode: "read-only", approval_policy: "on-request" });
    expect(thread.context?.untold).toEqual({
      model: true,
      model_provider: true,
      sandbox_mode: "workspace-write",
      approval_policy: "on-request",
    });
  });

  test("the history can be sent again: only what the API knows, every call with its output", async () => {
    using home = tempHome();
    const { thread } = await imported(home.dir, fixture("codex-0.20"));
    expect(thread.history.map(({ type }) => type)).toEqual([
      "message",
      "message",
      "message",
      "reasoning",
      "function_call",
      "function_call_output",
      "function_call",
      "function_call_output",
      "function_call",
      "function_call_output",
      "function_call",
      "function_call_output",
      "message",
      "message",
      "message",
    ]);
    expect(thread.history[3]).toEqual({
      type: "reasoning",
      id: "rs_1",
      summary: [{ type: "summary_text", text: "**Looking at the test**" }],
      encrypted_content: "gAAAAAB",
      provider: null,
    });
    expect(thread.history[8]).toEqual({
      type: "function_call",
      call_id: "call_3",
      name: "shell",
      arguments: '{"command":["ls","-l a"],"workdir":"/home/ada/calc","timeout":1000}',
    });
    expect(thread.history[9]).toEqual({ type: "function_call_output", call_id: "call_3", output: "src\n" });
  });
});

describe("Codex 0.169", () => {
  test("messages, commands, patches, tools, usage and settings", async () => {
    using home = tempHome();
    const { result, thread, items } = await imported(home.dir, fixture("codex-0.169"));
    expect(result).toMatchObject({
      turns: 3,
      skipped: { tool_search_call: 1, world_state: 1, security_risk_score: 1 },
      warnings: [],
    });
    expect(items.map(({ id, ...body }) => body)).toEqual([
      {
        type: "command_execution",
        command: "bash -lc 'cat src/add.ts'",
        aggregated_output: "export const add = 1;\nOutput:\nno\n",
        exit_code: 0,
        status: "completed",
      },
      {
        type: "file_change",
        changes: [
          { path: "/home/ada/calc/src/add.ts", kind: "update" },
          { path: "/home/ada/calc/notes.md", kind: "add" },
        ],
        status: "completed",
      },
      {
        type: "file_change",
        changes: [
          { path: "/home/ada/calc/old.ts", kind: "delete" },
          { path: "/home/ada/calc/a.ts", kind: "update", move_path: "/home/ada/calc/lib/a.ts" },
        ],
        status: "completed",
      },
      {
        type: "mcp_tool_call",
        server: "mini",
        tool: "echo",
        arguments: { text: "hi" },
        result: { content: [{ type: "text", text: "hi" }], structured_content: null },
        error: null,
        status: "completed",
      },
      { type: "web_search", query: "bun zstd", action: { type: "search", query: "bun zstd" } },
      { type: "agent_message", text: "Done." },
      // Interrupted: nothing ever came of it.
      {
        type: "command_execution",
        command: "bash -lc 'sleep 100'",
        aggregated_output: "",
        exit_code: null,
        status: "failed",
      },
      { type: "agent_message", text: "Yes." },
    ]);
    expect(thread.context).toEqual({
      cwd: "/home/ada/calc",
      model: "gpt-5.5",
      model_provider: "openai",
      effort: "high",
      approval_policy: "never",
      sandbox_mode: "workspace-write",
    });
    expect(thread.usage).toEqual({
      input_tokens: 1000,
      cached_input_tokens: 600,
      cache_write_input_tokens: 7,
      output_tokens: 50,
      reasoning_output_tokens: 20,
    });
  });

  test("the history starts at the compaction, and a turn that was rolled back is not in it", async () => {
    using home = tempHome();
    const { thread } = await imported(home.dir, fixture("codex-0.169"));
    expect(thread.history).toEqual([
      { type: "message", role: "user", content: [{ type: "input_text", text: "Make it match the picture" }] },
      { type: "message", role: "user", content: [{ type: "input_text", text: "Summary so far." }] },
      { type: "message", role: "user", content: [{ type: "input_text", text: "Once more" }] },
      // Interrupted there: the core answers it when the thread is resumed.
      { type: "function_call", call_id: "call_6", name: "exec_command", arguments: '{"cmd":"sleep 100"}' },
    ]);
  });

  test("times, endings and pictures are those of the original", async () => {
    using home = tempHome();
    const { result } = await imported(home.dir, fixture("codex-0.169"));
    const { lines } = readRollout(result.path);
    expect(lines.map(({ type }) => type).filter((type) => type.startsWith("turn."))).toEqual([
      "turn.started",
      "turn.completed",
      "turn.started",
      "turn.failed",
      "turn.started",
      "turn.completed",
    ]);
    expect(lines.map((line) => ("seq" in line ? line.seq : null))).toEqual(lines.map((_, index) => index));
    const prompt = lines.find((line) => JSON.stringify(line).includes("input_image"));
    expect(JSON.stringify(prompt)).toContain(`data:image/png;base64,${"QUJD".repeat(900)}`);
    expect(readFileSync(result.path, "utf8")).not.toContain("QUJDQUJDQUJD");
    expect((await listThreads(home.dir))[0]).toMatchObject({
      created_at: "2026-10-20T08:00:00.500Z",
      updated_at: "2026-10-20T08:00:34.000Z",
      prompt: "[image] Make it match the picture",
      model: "gpt-5.5",
    });
  });
});

describe("import", () => {
  test("the TypeScript CLI", async () => {
    using home = tempHome();
    const { thread, items } = await imported(home.dir, fixture("codex-typescript"));
    expect(items.map(({ type }) => type)).toEqual(["command_execution", "agent_message"]);
    expect(thread.turns).toBe(1);
  });

  test("compressed files, and whole directories, oldest first", async () => {
    using home = tempHome();
    const dir = join(home.dir, "sessions", "2026");
    mkdirSync(dir, { recursive: true });
    const name = "rollout-2026-10-20T10-00-00-0199f1c2-7a00-7c11-8f00-00000000beef.jsonl.zst";
    writeFileSync(join(dir, name), Bun.zstdCompressSync(readFileSync(fixture("codex-0.169"))));
    writeFileSync(join(dir, "history.jsonl"), "{}");
    expect(codex.find({ env: {}, home: home.dir }, join(home.dir, "sessions")).map(({ file }) => file)).toEqual([
      join(dir, name),
    ]);
    expect((await imported(home.dir, join(dir, name))).thread.turns).toBe(3);
  });

  test("twice: told, and nothing is changed", async () => {
    using home = tempHome();
    const { result } = await imported(home.dir, fixture("codex-0.20"));
    const before = readFileSync(result.path, "utf8");
    expect(await importOne(home.dir, fixture("codex-0.20"))).toMatchObject({ ok: false, reason: "exists" });
    expect(readFileSync(result.path, "utf8")).toBe(before);
  });

  test("what is no rollout is told, and an id is never a path", async () => {
    using home = tempHome();
    const refused = async (text: string) => {
      const file = join(home.dir, "rollout-x.jsonl");
      writeFileSync(file, text);
      const result = await importOne(home.dir, file);
      return result.ok ? "imported" : result.reason;
    };
    expect(await refused("")).toBe("not a Codex rollout");
    expect(await refused("hello\nworld\n")).toBe("not a Codex rollout");
    expect(await refused('{"type":"message","role":"user","content":[]}\n')).toBe("not a Codex rollout");
    expect(await refused('{"id":"../../../etc/passwd","timestamp":"2025-08-09T10:11:12.345Z"}\n')).toBe(
      "not a Codex rollout",
    );
    const packed = join(home.dir, "rollout-x.jsonl.zst");
    writeFileSync(packed, "no zstd");
    expect(await importOne(home.dir, packed)).toMatchObject({ ok: false, reason: "unreadable" });
    // Any nonsense after a good first line is passed over.
    expect(
      await refused('{"id":"aaaaaaaa-1","timestamp":"x"}\n{"type":"message","content":7}\n{"payload":{},"type":4}\n'),
    ).toBe("imported");
  });
});
