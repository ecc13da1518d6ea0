// The options of the engine that the executable begins with.
import { describe, expect, test } from "bun:test";
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
