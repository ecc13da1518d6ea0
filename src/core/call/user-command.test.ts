// A command of the person: under the thread's sandbox, seen by the model with the next turn.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { type Event, type Op, promptText } from "../../protocol/index.ts";
import { call, respond, say } from "../../testkit/index.ts";
import { play, stage, turnOf } from "../harness.suite.ts";

const command = (text: string): Op => ({ type: "user_command", command: text });
const items = (events: Event[]) => events.flatMap((event) => (event.type === "item.completed" ? [event.item] : []));

test("runs without the model, shows what it printed, and the model reads it in the next turn", async () => {
  using set = await stage([respond(say("ok"))]);
  const { events } = await play(
    set,
    [command("echo printed; echo x > made; exit 3"), turnOf("what did I do?")],
    () => null,
  );
  expect(existsSync(set.project.path("made"))).toBe(true);
  expect(items(events)[0]).toMatchObject({ type: "command_execution", aggregated_output: "printed\n", exit_code: 3 });
  expect(events.filter(({ type }) => type === "turn.started")).toHaveLength(2);
  expect(events.some(({ type }) => type === "item.delta")).toBe(true);
  expect(set.server.requests).toHaveLength(1);
  const input = (set.server.requests[0]?.body as { input: { content: { text: string }[] }[] } | undefined)?.input ?? [];
  const [environment, told, asked] = input.map(({ content }) => content[0]?.text ?? "");
  expect(environment).toStartWith("<environment_context>");
  expect(told).toContain("echo printed; echo x > made; exit 3");
  expect(told).toContain("Process exited with code 3\n");
  expect(asked).toBe("what did I do?");
  const said = set.thread.parts.conversation.items.map(promptText).filter((text) => text !== null);
  expect(said).toEqual(["what did I do?"]);
});

describe("the sandbox of the thread holds", () => {
  test.each([
    ["read-only", "read-only", false],
    ["plan mode", "danger-full-access", true],
  ] as const)("%s", async (_, sandbox_mode, plan) => {
    using set = await stage([], {
      settings: { approval_policy: "never", sandbox_mode },
    });
    set.thread.submit({ type: "settings", changes: { plan } });
    const { events } = await play(set, [command("echo x > made")], () => null);
    expect(existsSync(set.project.path("made"))).toBe(false);
    expect(items(events)[0]).toMatchObject({ status: "failed" });
  });

  test("what it refuses may be asked about, as for the model's commands", async () => {
    using set = await stage([], { settings: { sandbox_mode: "read-only" } });
    const { asked } = await play(set, [command("echo x > made")], () => ({ type: "approved" }));
    expect(asked).toHaveLength(1);
    expect(existsSync(set.project.path("made"))).toBe(true);
  });
});

test("interrupted, it ends, and the model hears of it", async () => {
  using set = await stage([]);
  const { thread } = set;
  thread.submit(command("echo begun; sleep 600"));
  const events: Event[] = [];
  for await (const event of thread.events) {
    events.push(event);
    if (event.type === "item.delta") thread.submit({ type: "interrupt" });
    if (event.type === "turn.failed") thread.submit({ type: "shutdown" });
  }
  expect(events.at(-1)).toMatchObject({ error: { kind: "interrupted" } });
  expect(JSON.stringify(thread.parts.conversation.items.at(-1))).toContain("Stopped: the user interrupted it");
});

test("while a turn runs it waits for its end; a budget of commands does not count it", async () => {
  using set = await stage(
    [
      () => {
        set.thread.submit(command("echo mine"));
        return respond(call("exec_command", { cmd: "echo its", login: false }, "c"));
      },
      respond(say("done")),
    ],
    { settings: { budget: { tokens: null, cost: null, time_ms: null, turns: null, commands: 1 } } },
  );
  const events: Event[] = [];
  set.thread.submit(turnOf("go"));
  let turns = 0;
  for await (const event of set.thread.events) {
    events.push(event);
    if (event.type === "turn.completed" && ++turns === 2) set.thread.submit({ type: "shutdown" });
  }
  const outputs = items(events).flatMap((item) => (item.type === "command_execution" ? [item.aggregated_output] : []));
  expect(outputs).toEqual(["its\n", "mine\n"]);
});
