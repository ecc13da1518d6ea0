// What a thread of the Codex CLI may do when it goes on here: never more than its last turn could. The orders of lines are
// those that the versions named here wrote when they were run (2026-11).
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempHome } from "../../sample.suite.ts";
import { storedThreads } from "../told.suite.ts";
import { codex } from "./codex.ts";

type Line = object | string;
const line = (type: string, payload: object): Line => ({ timestamp: "2026-11-28T06:00:00.000Z", type, payload });
const meta = line("session_meta", { id: "01a220c1-0000-7000-8000-000000000001", cwd: "/w", model_provider: "s" });
const says = (role: string, text: string) =>
  line("response_item", { type: "message", role, content: [{ type: "input_text", text }] });
const event = (type: string, more: object = {}) => line("event_msg", { type, ...more });
const settings = (sandbox_policy: unknown, more: object = {}) =>
  line("turn_context", { cwd: "/w", model: "m", approval_policy: "never", sandbox_policy, summary: "auto", ...more });
const answer = line("response_item", {
  type: "message",
  role: "assistant",
  content: [{ type: "output_text", text: "ok" }],
});

const FULL = { type: "danger-full-access" };
const WRITE = { type: "workspace-write", network_access: false };
const READ = { type: "read-only" };

/** A turn as each group of versions wrote it. */
const ORDERS = {
  "0.40, 0.60": (context: Line) => [
    says("user", "go"),
    event("user_message"),
    context,
    event("token_count"),
    context,
    answer,
  ],
  "0.100": (context: Line) => [
    says("developer", "<permissions instructions>"),
    event("task_started"),
    says("user", "go"),
    event("user_message"),
    context,
    answer,
    event("task_complete"),
  ],
  "0.130, 0.171": (context: Line) => [
    event("task_started"),
    says("developer", "<permissions instructions>"),
    context,
    says("user", "go"),
    answer,
    event("task_complete"),
  ],
};
type Order = keyof typeof ORDERS;
const orders = Object.keys(ORDERS) as Order[];

/** The modes of the thread's turns, and the settings that it goes on with. */
function imported(...lines: Line[]) {
  using home = tempHome();
  const file = join(home.dir, "rollout-x.jsonl");
  const text = [meta, ...lines].map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join("\n");
  writeFileSync(file, `${text}\n`);
  const [thread] = storedThreads(codex.open, home.dir, file);
  if (!thread) throw new Error("it is no thread");
  return thread;
}
const mode = (...lines: Line[]) => imported(...lines).context?.sandbox_mode;

test.each(orders)("%s: a thread goes on as its last turn was", (order) => {
  const turn = ORDERS[order];
  const thread = imported(...turn(settings(FULL)), ...turn(settings(READ, { model: "m2" })));
  expect(thread).toMatchObject({
    turns: 2,
    context: { sandbox_mode: "read-only", model: "m2", approval_policy: "never" },
  });
  expect(mode(...turn(settings(READ)), ...turn(settings(FULL)))).toBe("danger-full-access");
  expect(mode(...turn(settings(WRITE)))).toBe("workspace-write");
  expect(mode(...turn(settings({ mode: "workspace-write" })))).toBe("workspace-write");
});

test.each(orders)("%s: a thread in plan mode is in it here, and goes back to what it had, or less", (order) => {
  const turn = ORDERS[order];
  const planned = settings(FULL, { collaboration_mode: { mode: "plan", settings: { model: "m" } } });
  const after = { sandbox_mode: "danger-full-access", approval_policy: "never" };
  const context = { sandbox_mode: "read-only", approval_policy: "never", after_plan: after };
  expect(imported(...turn(planned)).context).toMatchObject(context as never);
  const narrower = event("thread_settings_applied", {
    thread_settings: { sandbox_policy: READ, approval_policy: "untrusted" },
  });
  expect(imported(...turn(planned), narrower).context).toMatchObject({
    ...context,
    after_plan: { sandbox_mode: "read-only", approval_policy: "untrusted" },
  } as never);
  expect(imported(...turn(planned), ...turn(settings(WRITE))).context).not.toHaveProperty("after_plan");
});

test("a file that two versions wrote, one after the other", () => {
  const [old, , late] = orders.map((order) => ORDERS[order]);
  if (!old || !late) throw new Error("no order");
  const both = imported(...old(settings(FULL)), ...late(settings(READ)));
  expect(both).toMatchObject({ turns: 2, context: { sandbox_mode: "read-only" } });
  expect(mode(...late(settings(FULL)), ...late(settings(WRITE)))).toBe("workspace-write");
});

test.each(orders)("%s: what is missing or cannot be read is the least", (order) => {
  const turn = ORDERS[order];
  const after = (context: Line) => mode(...turn(settings(FULL)), ...turn(context));
  expect(after('{"timestamp":"2026-11-28T06:00:00.000Z","type":"turn_context","payload":{"sandbox_po')).toBe(
    "read-only",
  );
  expect(after(event("nothing"))).toBe("read-only");
  for (const policy of [undefined, null, "danger", 7, {}, { type: "danger_full_access" }, { type: "external-sandbox" }])
    expect(after(settings(policy))).toBe("read-only");
  const approval = (value: unknown, before = "never") =>
    imported(...turn(settings(FULL, { approval_policy: before })), ...turn(settings(WRITE, { approval_policy: value })))
      .context?.approval_policy;
  expect(approval({ granular: {} })).toBe("on-request");
  expect(approval(undefined)).toBe("on-request");
  expect(approval(undefined, "untrusted")).toBe("untrusted");
  expect(approval("on-failure")).toBe("on-failure");
});

test("the narrower of policy and profile counts", () => {
  const turn = ORDERS["0.130, 0.171"];
  const entry = (access: string) => ({ path: { type: "special", value: { kind: "root" } }, access });
  const managed = (...accesses: string[]) => ({
    permission_profile: { type: "managed", file_system: { type: "restricted", entries: accesses.map(entry) } },
  });
  expect(mode(...turn(settings(FULL, { permission_profile: { type: "disabled" } })))).toBe("danger-full-access");
  expect(mode(...turn(settings(FULL, managed("read", "write"))))).toBe("workspace-write");
  expect(mode(...turn(settings(WRITE, managed("read"))))).toBe("read-only");
  expect(mode(...turn(settings(undefined, managed("read", "write"))))).toBe("workspace-write");
  for (const permission_profile of [{ type: "external" }, { type: "new" }, "x", { type: "managed" }])
    expect(mode(...turn(settings(FULL, { permission_profile })))).toBe("read-only");
});

test("settings that were changed after the last turn count as far as they are narrower", () => {
  const turn = ORDERS["0.130, 0.171"];
  const changed = (thread_settings: object) => event("thread_settings_applied", { thread_settings });
  const disabled = changed({ permission_profile: { type: "disabled" }, approval_policy: "never" });
  const readOnly = changed({
    permission_profile: { type: "managed", file_system: { type: "restricted", entries: [] } },
    approval_policy: "untrusted",
  });
  expect(imported(...turn(settings(FULL)), readOnly).context).toMatchObject({
    sandbox_mode: "read-only",
    approval_policy: "untrusted",
  });
  expect(mode(...turn(settings(WRITE)), disabled)).toBe("workspace-write");
  // A turn says its own settings, whatever was applied before it.
  expect(mode(...turn(settings(READ)), readOnly, ...turn(settings(FULL)))).toBe("danger-full-access");
  // One that never began, as its prompt was lost.
  expect(mode(...turn(settings(FULL)), event("task_started"), settings(READ))).toBe("read-only");
  expect(mode(...turn(settings(READ)), event("task_started"), settings(FULL))).toBe("read-only");
});

const MOST = { sandbox_mode: "danger-full-access", approval_policy: "never" };
const LEAST = { sandbox_mode: "read-only", approval_policy: "on-request" };

test("files without any settings: the user's configuration says them, and the model", () => {
  expect(imported(says("user", "go"), answer).context).toEqual({
    cwd: "/w",
    model: "unknown",
    model_provider: "s",
    effort: null,
    ...LEAST,
    untold: { model: true, ...MOST },
  } as never);
  const bare = { id: "01a220c1-0000-7000-8000-000000000001", timestamp: "2025-08-09T10:11:12.345Z" };
  expect(imported(JSON.stringify(bare), says("user", "go")).context?.untold).toEqual({
    model: true,
    ...MOST,
  } as never);
});

test("files that name no provider: the user's configuration does, and only that", () => {
  const [turn] = orders.map((order) => ORDERS[order]);
  if (!turn) throw new Error("no order");
  using home = tempHome();
  const file = join(home.dir, "rollout-x.jsonl");
  const first = line("session_meta", { id: "01a220c1-0000-7000-8000-000000000002", cwd: "/w" });
  writeFileSync(file, [first, ...turn(settings(WRITE))].map((one) => JSON.stringify(one)).join("\n"));
  const [thread] = storedThreads(codex.open, home.dir, file);
  expect(thread?.context).toMatchObject({ model: "m", sandbox_mode: "workspace-write", approval_policy: "never" });
  expect(thread?.context?.untold).toEqual({ model_provider: true });
});

test("a narrower mode that such a file shows later counts", () => {
  const changed = (thread_settings: object) => event("thread_settings_applied", { thread_settings });
  const narrower = changed({ sandbox_policy: READ, approval_policy: "untrusted" });
  const wanted = { sandbox_mode: "read-only", approval_policy: "untrusted" };
  expect(imported(says("user", "go"), answer, narrower).context?.untold).toMatchObject(wanted as never);
  expect(imported(says("user", "go"), narrower, says("user", "on")).context?.untold).toMatchObject(wanted as never);
  const told = (text: string) => imported(says("user", text), says("user", "go"), answer).context?.untold;
  expect(told("<environment_context>\n<sandbox_mode>workspace-write</sandbox_mode>")).toMatchObject({
    sandbox_mode: "workspace-write",
    approval_policy: "never",
  });
  expect(told("<environment_context>\nApproval policy: on-request\nSandbox policy: read-only\n")).toMatchObject({
    sandbox_mode: "read-only",
    approval_policy: "on-request",
  });
  expect(told("<environment_context>\n<sandbox_mode>boundless</sandbox_mode>")).toMatchObject(MOST);
});

test.each(orders)("%s: a turn that says nothing is the user's only as long as no other did", (order) => {
  const turn = ORDERS[order];
  expect(imported(...turn(event("nothing")), ...turn(settings(WRITE))).context).toMatchObject({
    sandbox_mode: "workspace-write",
  });
  expect(imported(...turn(event("nothing")), ...turn(settings(WRITE))).context).not.toHaveProperty("untold");
  const after = imported(...turn(settings(FULL)), ...turn(event("nothing"))).context;
  expect(after).toMatchObject(LEAST as never);
  expect(after?.untold ?? {}).toEqual({});
});
