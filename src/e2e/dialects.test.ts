// What people reported of servers of other dialects, through the built binary: no silent success, no poisoned thread, no lost answer.
import { describe, expect, test } from "bun:test";
import type { Json, JsonObject } from "../protocol/index.ts";
import {
  call,
  chatEvents,
  messagesEvents,
  type Output,
  type Reply,
  responseEvents,
  type Script,
  type SseEvent,
  say,
} from "../testkit/index.ts";
import { type JsonEvent, type TestWorld, world } from "./harness.ts";

const WIRES = {
  chat: { events: chatEvents, good_end: '"finish_reason":"stop"', bad_end: '"finish_reason":"engine_died"' },
  responses: { events: responseEvents, good_end: '"status":"completed"', bad_end: '"status":"engine_died"' },
  anthropic: { events: messagesEvents, good_end: '"stop_reason":"end_turn"', bad_end: '"stop_reason":"engine_died"' },
};
type WireName = keyof typeof WIRES;

async function worldOf(wire: WireName, script: Script): Promise<TestWorld> {
  const w = await world(script);
  w.config(
    `model = "m"\nmodel_provider = "x"\n[model_providers.x]\nname = "x"\nbase_url = "${w.server.url}"\nwire_api = "${wire}"\n` +
      "request_max_retries = 1\nstream_max_retries = 1\n",
  );
  return w;
}

const answers = (events: JsonEvent[]) =>
  events
    .map(({ item }) => item as unknown as { type: string; text: string } | undefined)
    .flatMap((item) => (item?.type === "agent_message" ? [item.text] : []));
const refusal = (message: string, status = 400): Reply => ({ status, body: { error: { message } } });

/** Calls in a request whose arguments a strict server could not render. */
function broken(body: Json): boolean {
  const { messages = [], input = [] } = body as { messages?: Json[]; input?: Json[] };
  const texts = [...(messages as Json[]), ...(input as Json[])].flatMap((one) => argumentsOf(one as JsonObject));
  return texts.some((text) => {
    try {
      return typeof JSON.parse(text) !== "object";
    } catch {
      return true;
    }
  });
}

function argumentsOf({ tool_calls, type, arguments: args }: JsonObject): string[] {
  if (type === "function_call") return [String(args)];
  const calls = (tool_calls ?? []) as unknown as { function: { arguments: string } }[];
  return calls.map((one) => one.function.arguments);
}

const EXEC = ["exec", "--json", "-s", "danger-full-access"];

for (const wire of Object.keys(WIRES) as WireName[]) {
  const { events, good_end, bad_end } = WIRES[wire];
  const complete = (...outputs: Output[]): SseEvent[] => events(outputs, { type: "completed" });
  const badly = (...outputs: Output[]) =>
    complete(...outputs).map((event) => ({ ...event, data: JSON.stringify(event.data).replaceAll(good_end, bad_end) }));
  const seq = call("exec_command", { cmd: "seq 1 2000", login: false }, "c1");

  describe(wire, () => {
    test("an end that nobody knows is no success: asked again, then failed", async () => {
      await using once = await worldOf(wire, [badly(say("half an ans")), complete(say("All of it."))]);
      const ran = await once.moat([...EXEC, "go"]);
      expect([ran.exit, answers(ran.events())]).toEqual([0, ["All of it."]]);
      await using always = await worldOf(wire, () => badly(say("half an ans")));
      const failed = await always.moat([...EXEC, "go"]);
      expect([failed.exit, failed.events().at(-1)?.type]).toEqual([1, "turn.failed"]);
      expect(failed.stdout).toContain("engine_died");
    });

    test("an empty answer is asked for once more, then it is a failure", async () => {
      await using w = await worldOf(wire, () => complete());
      const ran = await w.moat([...EXEC, "go"]);
      expect([ran.exit, w.server.requests.length]).toEqual([1, 2]);
      expect(ran.stdout).toContain('"kind":"empty_answer"');
    });

    test.each([
      ["The prompt (total length 9000) is too long to fit into the model (context length 8192).", 400],
      ["Context size has been exceeded.", 500],
      ["Token count 9000 exceeds max context 8192", 422],
    ])("too long, in the server's own words: %s (%i)", async (message, status) => {
      const script = [complete(seq), refusal(message, status), complete(say("NOTES")), complete(say("Done."))];
      await using w = await worldOf(wire, script);
      const ran = await w.moat([...EXEC, "go"]);
      expect([ran.exit, answers(ran.events()), w.server.requests.length]).toEqual([0, ["Done."], 4]);
      expect(w.server.requests[2]?.raw).toContain("Pause the work here.");
    });

    test.each(['{"cmd":"ls', '{"cmd":"ls"}{"cmd":"pwd"}', '["ls"]', "null", ""])(
      "arguments that are no object do not poison the thread: %s",
      async (args) => {
        await using w = await worldOf(wire, ({ body }, index) => {
          if (index === 0) return complete(call("exec_command", args, "c1"));
          return broken(body) ? refusal("Failed to parse tool call arguments as JSON") : complete(say("Done."));
        });
        expect((await w.moat([...EXEC, "go"])).exit).toBe(0);
        expect((await w.moat([...EXEC, "resume", "--last", "and now?"])).exit).toBe(0);
      },
    );

    test("a failed request leaves roles that strict templates take", async () => {
      await using w = await worldOf(wire, ({ body }, index) => {
        if (index === 0) return complete(seq);
        if (index === 1) return refusal("no such key", 401);
        const roles = ((body as { messages?: { role: string }[] }).messages ?? []).map(({ role }) => role).join(" ");
        return /tool user|user user|assistant assistant/.test(roles)
          ? refusal(`roles: ${roles}`)
          : complete(say("Done."));
      });
      expect((await w.moat([...EXEC, "go"])).exit).toBe(1);
      const ran = await w.moat([...EXEC, "resume", "--last", "go on"]);
      expect([ran.exit, answers(ran.events())]).toEqual([0, ["Done."]]);
    });
  });
}
