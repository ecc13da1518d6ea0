// What hooks tell the model, where they tell it: the APIs refuse anything between a call and its output.
import { expect, test } from "bun:test";
import type { HookInput, HookVerdict } from "../../config/index.ts";
import { call, respond, say } from "../../testkit/index.ts";
import { play, stage, turnOf } from "../harness.suite.ts";

const run = (cmd: string, id: string) => call("exec_command", { cmd, login: false }, id);

/** A hook that notes each event by name, and the command of a tool's. */
const fire = async (input: HookInput): Promise<HookVerdict> => ({
  permission: null,
  block: false,
  reason: null,
  context: [
    `${input.hook_event_name}${"tool_input" in input ? ` ${JSON.stringify(input.tool_input).includes("echo one") ? 1 : 2}` : ""}`,
  ],
  updated_input: null,
  stop: null,
  messages: [],
  problems: [],
});

/** What the model got, in order: texts of messages, and what belongs to a call by its id. */
function received(body: unknown): string[] {
  const { input } = body as { input: { type: string; call_id?: string; content?: { text: string }[] }[] };
  return input.map(({ type, call_id, content }) =>
    type === "message" ? (content ?? []).map(({ text }) => text).join("") : `${type} ${call_id}`,
  );
}

test("notes of calls that run side by side stand behind the outputs of all of them", async () => {
  using s = await stage([respond(run("echo one", "a"), run("echo two", "b")), respond(say("ok"))], {
    services: { hooks: { fire } },
  });
  await play(s, [turnOf("go")], () => null);
  const items = received(s.server.requests.at(-1)?.body);
  const from = items.indexOf("function_call a");
  expect(items.slice(from, from + 4).sort()).toEqual([
    "function_call a",
    "function_call b",
    "function_call_output a",
    "function_call_output b",
  ]);
  expect(items.slice(from + 4).sort()).toEqual(["PostToolUse 1", "PostToolUse 2", "PreToolUse 1", "PreToolUse 2"]);
  expect(items.slice(0, from)).toEqual(expect.arrayContaining(["SessionStart", "UserPromptSubmit", "go"]));
});
