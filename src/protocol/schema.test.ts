import { expect, test } from "bun:test";
import type { z } from "zod/mini";
import type { Event } from "./index.ts";
import { lineSchema, publicEvent, type threadEvent } from "./schema.ts";

/** Compiles only while the schema knows every event with every field and value; history is the provider's own. */
const covers = (event: Exclude<Event, { type: `history.${string}` }>): z.infer<typeof threadEvent> => event;

test("the schema knows every event", () => {
  expect(covers({ seq: 0, type: "error", message: "x" }).type).toBe("error");
});

test("a field that nobody wrote down is found here, and tolerated by readers", () => {
  const line = { type: "turn.started", extra: 1 };
  expect(publicEvent.safeParse(line).success).toBe(false);
  expect(JSON.stringify(lineSchema("events"))).not.toContain('"additionalProperties":false');
});

test.each(["events", "rollout"] as const)("%s: a JSON Schema with its shared parts under $defs", (which) => {
  const schema = lineSchema(which);
  expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
  expect(Object.keys(schema.$defs ?? {})).toEqual(expect.arrayContaining(["Item", "Usage", "Denial"]));
});
