import { describe, expect, test } from "bun:test";
import type { ApprovalRequest, Decision, ToolCallItem } from "../../protocol/index.ts";
import { againId, askId, asksToRun, Questions, questionId } from "./approvals.ts";

const CALL: ToolCallItem = { type: "function_call", call_id: "c", name: "n", arguments: "{}" };
const request = (call_id: string): ApprovalRequest => ({
  call_id,
  effect: { kind: "mcp", server: "s", tool: "t", read_only: true },
  reason: "r",
  justification: null,
  sandbox: "read-only",
  denial: null,
  choices: [],
});

test("each question about a call has an id of its own, and those about running it are known by it", () => {
  expect([questionId(CALL, 0), questionId(CALL, 1), questionId(CALL, 2)]).toEqual(["c", "c:edited:1", "c:edited:2"]);
  expect([againId(CALL, 1), againId(CALL, 2)]).toEqual(["c:again", "c:again:2"]);
  expect([askId(CALL, 1), askId(CALL, 2)]).toEqual(["c:ask:1", "c:ask:2"]);
  const ids = ["c", "c:edited:1", "c:again", "c:ask:1", "c2", "xc:edited:1"];
  expect(ids.map((id) => asksToRun(request(id), CALL))).toEqual([true, true, false, false, false, false]);
});

describe("a question that waits", () => {
  /** What a promise has come to by now. */
  async function now(promise: Promise<Decision>): Promise<Decision | "waits"> {
    const waits = new Promise<"waits">((resolve) => setImmediate(() => resolve("waits")));
    return Promise.race([promise, waits]);
  }

  test("is answered by its id, once", async () => {
    const approvals = new Questions<Decision>();
    const asked = approvals.ask("a", new AbortController().signal);
    expect(approvals.answer("b", { type: "approved" })).toBe(false);
    expect(await now(asked)).toBe("waits");
    expect(approvals.answer("a", { type: "session" })).toBe(true);
    expect(await asked).toEqual({ type: "session" });
    expect(approvals.answer("a", { type: "approved" })).toBe(false);
  });

  test("is over with the turn, and then nobody listens", async () => {
    const [approvals, stop] = [new Questions<Decision>(), new AbortController()];
    const [a, b] = [approvals.ask("a", stop.signal), approvals.ask("b", stop.signal)];
    approvals.answer("a", { type: "approved" });
    stop.abort();
    expect([await a, await b]).toEqual([{ type: "approved" }, { type: "abort" }]);
    expect(approvals.answer("b", { type: "approved" })).toBe(false);
  });

  test("is answered at once when the turn was over before", async () => {
    const approvals = new Questions<Decision>();
    expect(await now(approvals.ask("a", AbortSignal.abort()))).toEqual({ type: "abort" });
    expect(approvals.answer("a", { type: "approved" })).toBe(false);
  });

  test("leaves nothing behind on the signal of a long turn", async () => {
    const [approvals, stop] = [new Questions<Decision>(), new AbortController()];
    const listeners = { added: [] as unknown[], removed: [] as unknown[] };
    stop.signal.addEventListener = (...[type, listener]: unknown[]) => listeners.added.push([type, listener]);
    stop.signal.removeEventListener = (...[type, listener]: unknown[]) => listeners.removed.push([type, listener]);
    const asked = approvals.ask("a", stop.signal);
    approvals.answer("a", { type: "approved" });
    await asked;
    expect(listeners.added).toEqual([["abort", expect.any(Function)]]);
    expect(listeners.removed).toEqual(listeners.added);
  });
});
