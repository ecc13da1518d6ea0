// What models are offered, and that it is what calls are read by.
import { describe, expect, test } from "bun:test";
import type { JsonSchema } from "../protocol/index.ts";
import { builtInTools } from "./registry.ts";

const tools = builtInTools();
const offered = await tools.specs({ images: true });

test("tools are offered in one order; pictures only to a model that sees; the seed's tool to none", async () => {
  const names = async (images: boolean) => (await tools.specs({ images })).map(({ name }) => name);
  expect(await names(true)).toEqual([
    "exec_command",
    "write_stdin",
    "apply_patch",
    "web_fetch",
    "update_plan",
    "view_image",
    "request_user_input",
    "exit_plan_mode",
    "spawn_agent",
    "send_input",
    "wait",
    "close_agent",
  ]);
  expect(await names(false)).toEqual([
    "exec_command",
    "write_stdin",
    "apply_patch",
    "web_fetch",
    "update_plan",
    "request_user_input",
    "exit_plan_mode",
    "spawn_agent",
    "send_input",
    "wait",
    "close_agent",
  ]);
  for (const name of ["shell", "container.exec"]) expect(await tools.load(name, null)).not.toBeNull();
});

test("what is not there, or belongs to a server, is no tool of moat's own", async () => {
  for (const [name, namespace] of [
    ["exec", null],
    ["toString", null],
    ["exec_command", "docs"],
  ] as const)
    expect(await tools.load(name, namespace)).toBeNull();
});

describe("a parameter that is offered is one that is read", () => {
  for (const spec of offered) {
    if (spec.type !== "function") continue;
    const { properties, required } = spec.parameters as { properties: Record<string, JsonSchema>; required: string[] };
    for (const name of Object.keys(properties)) {
      test(`${spec.name}: ${name}`, async () => {
        const tool = await tools.load(spec.name, null);
        const others = Object.fromEntries(required.map((one) => [one, sample(one, properties)]));
        expect(await tool?.parse(JSON.stringify({ ...others, [name]: sample(name, properties) }), "/")).toMatchObject({
          ok: true,
        });
        // A schema that did not know the name would pass over it.
        const refused = await tool?.parse(JSON.stringify({ ...others, [name]: { wrong: true } }), "/");
        expect(refused).toMatchObject({ ok: false, message: expect.stringContaining(name) });
      });
    }
  }
});

/** What a schema does not say of a value. */
const SAMPLES: Record<string, unknown> = { url: "https://a.b/" };

const sample = (name: string, properties: Record<string, JsonSchema>) =>
  SAMPLES[name] ?? sampleOf(properties[name] ?? {});

/** A value that a schema of our own allows. */
function sampleOf({ type, enum: words, items, properties }: JsonSchema): unknown {
  if (Array.isArray(words)) return words[0];
  if (type === "array") return [sampleOf(items as JsonSchema)];
  if (type === "object")
    return Object.fromEntries(
      Object.entries(properties as Record<string, JsonSchema>).map(([name, schema]) => [name, sampleOf(schema)]),
    );
  return { string: "x", number: 1, boolean: true }[type as string];
}
