// Servers that do not count, or only half: the context and the budgets go on by estimate.
import { describe, expect, test } from "bun:test";
import type { Json, JsonObject } from "../protocol/index.ts";
import { call, chatEvents, messagesEvents, type Output, responseEvents, type SseEvent, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";

const WINDOW = 16_000;
const WIRES = { chat: chatEvents, responses: responseEvents, anthropic: messagesEvents };
type WireName = keyof typeof WIRES;

/** What the server says in the place of its counts; null: nothing. Names of all wires. */
const COUNTS: [name: string, usage: JsonObject | null][] = [
  ["nothing", null],
  ["zeros", named(0, 0)],
  ["its answer alone", named(0, 9)],
  ["ones where it does not know", named(1, 1)],
];

function named(input: number, output: number): JsonObject {
  return { input_tokens: input, prompt_tokens: input, output_tokens: output, completion_tokens: output };
}

/** The same value with every `usage` replaced. */
function recounted(value: Json, usage: JsonObject | null): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => recounted(one, usage));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === "usage" ? usage : recounted(inner, usage)]),
  );
}

/** A server of this wire that counts so; its model prints 2,000 tokens a round, as long as it is asked for rounds. */
async function counting(wire: WireName, usage: JsonObject | null, rounds: number): Promise<TestWorld> {
  const answer = (...outputs: Output[]): SseEvent[] =>
    WIRES[wire](outputs, { type: "completed" }).map((event) => ({ ...event, data: recounted(event.data, usage) }));
  const print = (id: string) => call("exec_command", { cmd: "printf '%08000d' 7", login: false }, id);
  const w = await world(({ raw }, index) => {
    if (index >= rounds) return answer(say("Done."));
    return answer(raw.includes("Pause the work here.") ? say("NOTES") : print(`call_${index}`));
  });
  w.config(
    `model = "m"\nmodel_provider = "x"\nmodel_context_window = ${WINDOW}\n[model_providers.x]\nname = "x"\n` +
      `base_url = "${w.server.url}"\nwire_api = "${wire}"\n`,
  );
  return w;
}

const RUN = ["exec", "--json", "-s", "danger-full-access", "go"];

for (const wire of Object.keys(WIRES) as WireName[])
  describe(`${wire}: a server that counts`, () => {
    test.each(COUNTS)("%s: the window is never passed", async (_, usage) => {
      await using w = await counting(wire, usage, 20);
      const ran = await w.moat(RUN);
      expect(ran.exit).toBe(0);
      const sizes = w.server.requests.map(({ raw }) => raw.length / 4);
      expect(w.server.requests.length).toBeGreaterThan(20);
      expect(Math.max(...sizes)).toBeLessThan(WINDOW);
      expect(Math.max(...sizes)).toBeGreaterThan(WINDOW / 2);
      const compactions = w.server.requests.filter(({ raw }) => raw.includes("Pause the work here."));
      expect(compactions.length).toBeGreaterThan(1);
      expect(compactions.map(({ raw }) => raw.includes("NOTES"))).toEqual(compactions.map((_, index) => index > 0));
    });

    test.each(COUNTS)("%s: a budget ends", async (_, usage) => {
      await using w = await counting(wire, usage, 20);
      const ran = await w.moat([...RUN, "--max-tokens", "40000"]);
      expect(ran.exit).toBe(4);
      const sent = w.server.requests.reduce((sum, { raw }) => sum + raw.length / 4, 0);
      expect(sent).toBeLessThan(40_000);
      expect(sent).toBeGreaterThan(20_000);
    });
  });
