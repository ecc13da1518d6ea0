// Sessions in the forms of other agents, written by tests: as the fixtures have them, with anything said in them.
import { Database } from "bun:sqlite";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PeerName } from "./peers.ts";

/** A call with what came of it. */
export interface MadeCall {
  id: string;
  command: string;
  output: string;
  /** Base64 of an image that came with it. */
  image: string | null;
}

/** One answer of the model. */
export interface MadeStep {
  think: string;
  say: string;
  calls: MadeCall[];
}

export interface MadeTurn {
  prompt: string;
  steps: MadeStep[];
}

const ID = "01a220c1-0000-4000-8000-00000000000a";
const AT = "2026-11-28T06:00:00.000Z";
const url = (image: string) => `data:image/png;base64,${image}`;

/** Lines that each name the one before. */
class Chain {
  readonly lines: object[] = [];
  #last: string | null = null;

  add(more: (id: string, parent: string | null) => object): void {
    const id = `n${this.lines.length}`;
    this.lines.push(more(id, this.#last));
    this.#last = id;
  }
}

function claude(turns: MadeTurn[]): object[] {
  const chain = new Chain();
  const line = (type: string, message: object) =>
    chain.add((uuid, parentUuid) => ({ type, uuid, parentUuid, message, sessionId: ID, cwd: "/w", timestamp: AT }));
  for (const [t, { prompt, steps }] of turns.entries()) {
    line("user", { content: prompt });
    for (const [s, { think, say, calls }] of steps.entries()) {
      const block = (content: object) =>
        line("assistant", { id: `m${t}.${s}`, content: [content], usage: { input_tokens: 1 } });
      if (think) block({ type: "thinking", thinking: think, signature: "s" });
      if (say) block({ type: "text", text: say });
      for (const { id, command } of calls) block({ type: "tool_use", id, name: "Bash", input: { command } });
      for (const { id, output, image } of calls) {
        const picture = image
          ? [{ type: "image", source: { type: "base64", media_type: "image/png", data: image } }]
          : [];
        line("user", {
          content: [{ type: "tool_result", tool_use_id: id, content: [{ type: "text", text: output }, ...picture] }],
        });
      }
    }
  }
  return chain.lines;
}

const parts = ({ think, say, calls }: MadeStep) => [
  ...(think ? [{ text: think, thought: true }] : []),
  ...(say ? [{ text: say }] : []),
  ...calls.map(({ id, command }) => ({ functionCall: { id, name: "run_shell_command", args: { command } } })),
];
const response = ({ id, output, image }: MadeCall) => [
  { functionResponse: { id, name: "run_shell_command", response: { output } } },
  ...(image ? [{ inlineData: { mimeType: "image/png", data: image } }] : []),
];

function qwen(turns: MadeTurn[]): object[] {
  const chain = new Chain();
  const line = (type: string, list: object[]) =>
    chain.add((uuid, parentUuid) => ({
      type,
      uuid,
      parentUuid,
      message: { parts: list },
      sessionId: ID,
      cwd: "/w",
      timestamp: AT,
    }));
  for (const { prompt, steps } of turns) {
    line("user", [{ text: prompt }]);
    for (const step of steps) {
      line("assistant", parts(step));
      for (const call of step.calls) line("tool_result", response(call));
    }
  }
  return chain.lines;
}

function gemini(turns: MadeTurn[]): object[] {
  const lines: object[] = [{ sessionId: ID, projectHash: "h", startTime: AT }];
  const line = (type: string, more: object) => lines.push({ id: `n${lines.length}`, type, timestamp: AT, ...more });
  for (const { prompt, steps } of turns) {
    line("user", { content: [{ text: prompt }] });
    for (const { think, say, calls } of steps) {
      const toolCalls = calls.map((call) => ({
        id: call.id,
        name: "run_shell_command",
        args: { command: call.command },
        result: response(call),
      }));
      line("gemini", { content: say, thoughts: think ? [{ description: think }] : [], toolCalls });
      if (calls.length > 0) line("user", { content: calls.flatMap(response) });
    }
  }
  return lines;
}

function pi(turns: MadeTurn[]): object[] {
  const chain = new Chain();
  const line = (message: object) =>
    chain.add((id, parentId) => ({ type: "message", id, parentId, timestamp: AT, message }));
  const text = (value: string) => ({ type: "text", text: value });
  for (const { prompt, steps } of turns) {
    line({ role: "user", content: [text(prompt)] });
    for (const { think, say, calls } of steps) {
      const content = [
        ...(think ? [{ type: "thinking", thinking: think, thinkingSignature: "s" }] : []),
        ...(say ? [text(say)] : []),
        ...calls.map(({ id, command }) => ({ type: "toolCall", id, name: "bash", arguments: { command } })),
      ];
      line({ role: "assistant", provider: "p", content });
      for (const { id, output, image } of calls) {
        const picture = image ? [{ type: "image", mimeType: "image/png", data: image }] : [];
        line({ role: "toolResult", toolCallId: id, content: [text(output), ...picture] });
      }
    }
  }
  return [{ type: "session", version: 3, id: ID, timestamp: AT, cwd: "/w" }, ...chain.lines];
}

function copilot(turns: MadeTurn[]): object[] {
  const lines: object[] = [];
  const line = (type: string, data: object) => lines.push({ type, id: `n${lines.length}`, timestamp: AT, data });
  line("session.start", { sessionId: ID, context: { cwd: "/w" } });
  for (const { prompt, steps } of turns) {
    line("user.message", { content: prompt });
    for (const { think, say, calls } of steps) {
      const toolRequests = calls.map(({ id, command }) => ({ toolCallId: id, name: "bash", arguments: { command } }));
      line("assistant.message", { content: say, reasoningText: think, toolRequests });
      for (const { id, output, image } of calls) {
        const binaryResultsForLlm = image ? [{ type: "image", mimeType: "image/png", data: image }] : [];
        line("tool.execution_complete", {
          toolCallId: id,
          success: true,
          result: { content: output, binaryResultsForLlm },
        });
      }
    }
  }
  return lines;
}

function codex(turns: MadeTurn[]): object[] {
  const lines: object[] = [];
  const line = (type: string, payload: object) => lines.push({ timestamp: AT, type, payload });
  const message = (role: string, type: string, text: string) =>
    line("response_item", { type: "message", role, content: [{ type, text }] });
  line("session_meta", { id: ID, timestamp: AT, cwd: "/w", model_provider: "p" });
  for (const { prompt, steps } of turns) {
    message("user", "input_text", prompt);
    for (const { think, say, calls } of steps) {
      if (think)
        line("response_item", {
          type: "reasoning",
          summary: [{ type: "summary_text", text: think }],
          encrypted_content: "e",
        });
      if (say) message("assistant", "output_text", say);
      for (const { id, command } of calls)
        line("response_item", {
          type: "function_call",
          call_id: id,
          name: "exec_command",
          arguments: JSON.stringify({ command }),
        });
      for (const { id, output, image } of calls) {
        const picture = image ? [{ type: "input_image", image_url: url(image) }] : [];
        line("response_item", {
          type: "function_call_output",
          call_id: id,
          output: [{ type: "input_text", text: output }, ...picture],
        });
      }
    }
  }
  return lines;
}

function opencode(turns: MadeTurn[], path: string): void {
  const db = new Database(path, { create: true });
  db.run("PRAGMA journal_mode = WAL");
  db.run(
    "CREATE TABLE session (id TEXT, directory TEXT, title TEXT, parent_id TEXT, revert TEXT, time_created INTEGER, time_updated INTEGER)",
  );
  for (const table of ["message", "part"])
    db.run(`CREATE TABLE ${table} (id TEXT, session_id TEXT, message_id TEXT, time_created INTEGER, data TEXT)`);
  db.run("INSERT INTO session VALUES ('ses_1', '/w', 't', NULL, NULL, 1, 1)");
  let count = 0;
  const put = (table: string, message_id: string | null, data: object) => {
    const id = `n${String(++count).padStart(6, "0")}`;
    db.run(`INSERT INTO ${table} VALUES (?, 'ses_1', ?, ?, ?)`, [id, message_id, count, JSON.stringify(data)]);
    return id;
  };
  for (const { prompt, steps } of turns) {
    put("part", put("message", null, { role: "user" }), { type: "text", text: prompt });
    for (const { think, say, calls } of steps) {
      const message = put("message", null, { role: "assistant", providerID: "p" });
      if (think) put("part", message, { type: "reasoning", text: think });
      if (say) put("part", message, { type: "text", text: say });
      for (const { id, command, output, image } of calls) {
        const attachments = image ? [{ type: "file", mime: "image/png", url: url(image) }] : [];
        const state = { status: "completed", input: { command }, output, attachments, metadata: { exit: 0 } };
        put("part", message, { type: "tool", tool: "bash", callID: id, state });
      }
    }
  }
  db.close();
}

const LINES = { claude, qwen, gemini, pi, copilot, codex };

/** Agents whose sessions can be made. */
export const MADE = [...(Object.keys(LINES) as (keyof typeof LINES)[]), "opencode" as const] satisfies PeerName[];

/** Writes a session of an agent and returns its file. */
export function writeSession(from: (typeof MADE)[number], turns: MadeTurn[], dir: string): string {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, from === "opencode" ? "opencode.db" : `${ID}.jsonl`);
  if (from === "opencode") opencode(turns, path);
  else
    writeFileSync(
      path,
      LINES[from](turns)
        .map((line) => JSON.stringify(line))
        .join("\n"),
    );
  return path;
}
