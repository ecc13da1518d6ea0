// How the executable is laid out for the engine.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { respond, say } from "../testkit/index.ts";
import { world } from "./harness.ts";

test("most of what a turn runs lies where the build puts what starts run; else `bun scripts/build/order.ts` is due", async () => {
  const functionsIn = (path: string) => readFileSync(path, "utf8").match(/^F .*$/gm) ?? [];
  const together = new Set(functionsIn(join(import.meta.dir, "../../scripts/build/start.order")));
  await using w = await world([respond(say("ok"))]);
  const order = w.project.path("order");
  expect((await w.moat(["exec", "go"], { env: { BUN_BYTECODE_ORDER_OUT: order } })).exit).toBe(0);
  const run = functionsIn(order);
  expect(run.length).toBeGreaterThan(100);
  expect(run.filter((line) => together.has(line)).length / run.length).toBeGreaterThan(0.5);
});
