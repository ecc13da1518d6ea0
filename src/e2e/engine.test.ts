// The options of the engine that the executable begins with.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ENGINE } from "../engine.ts";
import { call, respond, say } from "../testkit/index.ts";
import { binary, world } from "./harness.ts";

const onGlibc = process.platform === "linux" && "glibcVersionRuntime" in (process.report.getReport() as Header).header;
interface Header {
  header: object;
}

/** Options that are not the engine's own, as it prints them itself. */
function changed(env: Record<string, string> = {}): string[] {
  const { stderr, stdout } = Bun.spawnSync([binary, "--version"], { env: { ...env, BUN_JSC_dumpOptions: "1" } });
  return [...`${stdout}${stderr}`.matchAll(/^ +(\w+=\S+) \(default/gm)].map(([, option = ""]) => option);
}

describe.skipIf(!onGlibc)("options of the engine", () => {
  test("the engine has them", () => {
    const wanted = Object.entries(ENGINE).map(([name, value]) => `${name.replace("BUN_JSC_", "")}=${value}`);
    expect(changed()).toEqual(["dumpOptions=1", ...wanted]);
  });

  test("what the user says himself counts", () => {
    expect(changed({ BUN_JSC_thresholdForJITAfterWarmUp: "700" })).toContain("thresholdForJITAfterWarmUp=700");
  });

  test("no command gets them", async () => {
    const env = call("exec_command", { cmd: "env; echo over", login: false }, "c");
    await using w = await world([respond(env), respond(say("ok"))]);
    expect((await w.moat(["exec", "-s", "danger-full-access", "go"])).exit).toBe(0);
    const told = w.server.requests[1]?.raw ?? "";
    expect(told).toContain("over");
    expect(told).not.toContain("BUN_");
  });
});

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
