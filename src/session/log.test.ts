import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type EventBody, NO_USAGE } from "../protocol/index.ts";
import { EventLog, LOG_LEVELS, type LogLevel } from "./index.ts";
import { sampleContext, tempHome, userMessage } from "./sample.suite.ts";

const date = () => new Date("2026-03-04T05:06:07.000Z");
const failure = { kind: "interrupted", message: "m", retryable: false } as const;
const usages = { usage: NO_USAGE, turn_usage: NO_USAGE };
const item = { id: "item_0", type: "error" as const, message: "m" };

/** One of every kind, by the level that writes it. */
const EVENTS: Record<Exclude<LogLevel, "off">, EventBody[]> = {
  error: [{ type: "turn.failed", turn_id: "t", error: failure, ...usages }],
  warn: [
    { type: "error", message: "m" },
    { type: "stream.retrying", attempt: 1, max: null, delay_ms: 1, error: failure },
    { type: "stream.reset", item_ids: [], usage: null },
    {
      type: "sandbox.denied",
      item_id: "i",
      denial: { rule: "r", kind: "write", target: null, explanation: "e", opens: null, grant: null },
    },
    { type: "budget", what: "turns", limit: 1, used: 1 },
  ],
  info: [
    { type: "thread.started", thread_id: "t", schema_version: 1, cwd: "/", moat_version: "1" },
    { type: "turn.started", turn_id: "t", context: sampleContext },
    { type: "turn.completed", turn_id: "t", ...usages },
    { type: "item.completed", item },
    {
      type: "approval.requested",
      request: {
        call_id: "c",
        effect: { kind: "mcp", server: "s", tool: "t", read_only: true },
        reason: "r",
        justification: null,
        sandbox: "read-only",
        denial: null,
        choices: [],
      },
    },
    { type: "approval.resolved", call_id: "c", decision: { type: "approved" } },
  ],
  debug: [
    { type: "item.started", item },
    { type: "item.updated", item },
    { type: "item.delta", item_id: "i", item_type: "reasoning", delta: "d" },
    { type: "history.added", item: userMessage("x") },
    { type: "history.replaced", why: "compacted", history: [], tokens_before: 1, tokens_after: 1 },
    { type: "context.measured", tokens: 1, window: null, limit: null },
  ],
};
const ALL = Object.values(EVENTS).flat();

function logged(path: string): Record<string, unknown>[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}

describe("a level writes its own events and those before it", () => {
  for (const [index, level] of LOG_LEVELS.entries()) {
    test(level, () => {
      using home = tempHome();
      const path = join(home.dir, "log", "moat.log");
      const log = new EventLog(path, level, date);
      for (const [seq, body] of ALL.entries()) log.append({ seq, ...body });
      const wanted = LOG_LEVELS.slice(1, index + 1).flatMap((one) => (one === "off" ? [] : EVENTS[one]));
      expect(logged(path).map(({ type }) => type)).toEqual(wanted.map(({ type }) => type));
      for (const line of logged(path)) {
        const own = LOG_LEVELS.find((one) => one !== "off" && EVENTS[one].some(({ type }) => type === line.type));
        expect(line.level).toBe(own);
      }
    });
  }
});

test("a line says when, who and of which thread, for nobody else's eyes", () => {
  using home = tempHome();
  const path = join(home.dir, "log", "moat.log");
  const log = new EventLog(path, "info", date);
  const [started, turn] = EVENTS.info;
  if (!started || !turn) throw new Error("the sample has no events");
  log.append({ seq: 0, ...turn });
  log.append({ seq: 1, ...started });
  log.append({ seq: 2, ...turn });
  const head = { timestamp: "2026-03-04T05:06:07.000Z", level: "info", pid: process.pid };
  expect(logged(path)).toEqual([
    { ...head, thread_id: null, seq: 0, ...turn },
    { ...head, seq: 1, ...started },
    { ...head, thread_id: "t", seq: 2, ...turn },
  ]);
  expect([statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777]).toEqual([0o600, 0o700]);
});

test("a log of more than 10 MiB is moved aside by the next process, once", () => {
  using home = tempHome();
  const path = join(home.dir, "moat.log");
  const write = () => {
    const log = new EventLog(path, "debug", date);
    log.append({ seq: 0, type: "error", message: "a" });
    log.append({ seq: 1, type: "error", message: "b" });
  };
  writeFileSync(path, "");
  truncateSync(path, 10 * 1024 * 1024);
  write();
  expect(existsSync(`${path}.1`)).toBe(false);
  const { size } = statSync(path);
  write();
  expect(statSync(`${path}.1`).size).toBe(size);
  expect(logged(path).map(({ seq }) => seq)).toEqual([0, 1]);
});

test("a log that cannot be written stops nothing", () => {
  using home = tempHome();
  mkdirSync(join(home.dir, "moat.log"));
  new EventLog(join(home.dir, "moat.log"), "debug", date).append({ seq: 0, type: "error", message: "a" });
});
