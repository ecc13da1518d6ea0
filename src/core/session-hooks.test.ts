// Hooks that are about a thread as a whole: its end, and what becomes of its history.
import { expect, test } from "bun:test";
import type { HookInput, HookVerdict } from "../config/index.ts";
import { respond, say } from "../testkit/index.ts";
import { play, SILENT, stage, turnOf } from "./harness.suite.ts";

/** A service that keeps what it is told. */
function recording(says: (input: HookInput) => Partial<HookVerdict> = () => ({})) {
  const told: HookInput[] = [];
  const fire = async (input: HookInput): Promise<HookVerdict> => {
    told.push(input);
    return { ...SILENT, ...says(input) };
  };
  return { told, hooks: { fire }, names: () => told.map(({ hook_event_name }) => hook_event_name) };
}

test("the end of a thread is told once, after its last turn, and nothing that is said there reaches the thread", async () => {
  const { hooks, told, names } = recording(({ hook_event_name }) =>
    hook_event_name === "SessionEnd" ? { context: ["too late"], stop: "never", problems: ["it broke"] } : {},
  );
  using s = await stage([respond(say("one")), respond(say("two"))], { services: { hooks } });
  const { events } = await play(s, [turnOf("a"), turnOf("b")], () => null);
  expect(names()).toEqual(["SessionStart", "UserPromptSubmit", "Stop", "UserPromptSubmit", "Stop", "SessionEnd"]);
  expect(told.at(-1)).toMatchObject({ reason: "other", session_id: s.thread.thread_id });
  expect(events.at(-1)).toMatchObject({ type: "item.completed", item: { type: "error", message: "it broke" } });
  expect(JSON.stringify(events)).not.toContain("too late");
});

test("of a thread that never began there is no end", async () => {
  const { hooks, names } = recording();
  using s = await stage([], { services: { hooks } });
  await play(s, [], () => null);
  expect(names()).toEqual([]);
});

test("a compaction: before, after with its notes, and a start whose words stand behind the notes", async () => {
  const { hooks, told, names } = recording((input) =>
    input.hook_event_name === "SessionStart" && input.source === "compact" ? { context: ["read the rules again"] } : {},
  );
  using s = await stage([respond(say("one")), respond(say("the notes")), respond(say("two"))], { services: { hooks } });
  await play(s, [turnOf("a"), { type: "compact", instructions: "keep names" }, turnOf("b")], () => null);
  const at = names().indexOf("PreCompact");
  expect(told.slice(at, at + 3)).toMatchObject([
    { hook_event_name: "PreCompact", trigger: "manual", custom_instructions: "keep names" },
    { hook_event_name: "PostCompact", trigger: "manual", compact_summary: "the notes" },
    { hook_event_name: "SessionStart", source: "compact" },
  ]);
  const raw = s.server.requests[2]?.raw ?? "";
  expect(raw.indexOf("read the rules again")).toBeGreaterThan(raw.indexOf("the notes"));
});

test("a compaction that a hook forbids is followed by nothing", async () => {
  const { hooks, names } = recording(({ hook_event_name }) => ({ block: hook_event_name === "PreCompact" }));
  using s = await stage([respond(say("one"))], { services: { hooks } });
  await play(s, [turnOf("a"), { type: "compact" }], () => null);
  expect(names().slice(-2)).toEqual(["PreCompact", "SessionEnd"]);
});
