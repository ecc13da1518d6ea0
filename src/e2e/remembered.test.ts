// What a server refused once is not sent to it again when the thread goes on, in another process or as a fork.
import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../protocol/index.ts";
import { chatEvents, messagesEvents, PIXEL_PNG, responseEvents, type Script, say } from "../testkit/index.ts";
import { type Ran, type TestWorld, world } from "./harness.ts";

const WIRES = {
  chat: { events: chatEvents, field: "reasoning_effort" },
  responses: { events: responseEvents, field: "reasoning" },
  anthropic: { events: messagesEvents, field: "cache_control" },
};
type WireName = keyof typeof WIRES;

/** A server that takes neither images nor the field. */
function strict(wire: WireName): Script {
  const { events, field } = WIRES[wire];
  const refuse = (message: string) => ({ status: 400, body: { error: { message, type: "invalid_request_error" } } });
  return ({ raw, body }) => {
    if (field in (body as JsonObject)) return refuse(`Unrecognized request argument supplied: ${field}`);
    return raw.includes(PIXEL_PNG.toBase64())
      ? refuse("no image input here")
      : events([say("Done.")], { type: "completed" });
  };
}

async function started(wire: WireName): Promise<{ w: TestWorld; first: Ran }> {
  const w = await world(strict(wire), { "a.png": PIXEL_PNG });
  w.config(
    'model = "claude-x"\nmodel_provider = "x"\nmodel_reasoning_effort = "high"\n[model_providers.x]\nname = "x"\n' +
      `base_url = "${w.server.url}"\nwire_api = "${wire}"\n`,
  );
  return { w, first: await w.moat(["exec", "--json", "-i", "a.png", "look"]) };
}

const said = ({ stdout }: Ran) => stdout.match(/asked again without/g)?.length ?? 0;

for (const wire of Object.keys(WIRES) as WireName[])
  describe(wire, () => {
    test("a resumed thread and its fork need not find out again", async () => {
      const { w, first } = await started(wire);
      await using _ = w;
      expect([first.exit, said(first), w.server.requests.length]).toEqual([0, 2, 3]);
      const resumed = await w.moat(["exec", "--json", "resume", "--last", "more"]);
      expect([resumed.exit, said(resumed), w.server.requests.length]).toEqual([0, 0, 4]);
      const forked = await w.moat(["exec", "--json", "fork", "--last", "more"]);
      expect([forked.exit, said(forked), w.server.requests.length]).toEqual([0, 0, 5]);
      expect(w.server.requests[4]?.raw).toContain("an image that this model cannot be shown");
    });

    test("another model, and another thread, are asked anew", async () => {
      const { w } = await started(wire);
      await using _ = w;
      const other = await w.moat(["exec", "--json", "resume", "--last", "-c", "model=claude-y", "more"]);
      expect([other.exit, said(other)]).toEqual([0, 2]);
      const back = await w.moat(["exec", "--json", "resume", "--last", "-c", "model=claude-x", "more"]);
      expect([back.exit, said(back)]).toEqual([0, 0]);
      const fresh = await w.moat(["exec", "--json", "hello"]);
      expect([fresh.exit, said(fresh)]).toEqual([0, 1]);
    });
  });
