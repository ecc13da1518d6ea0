// Outputs and answers that are far bigger than what anybody reads.
import { describe, expect, test } from "bun:test";
import { call, respond, say } from "../testkit/index.ts";
import { type JsonEvent, world } from "./harness.ts";
import { itemsOf } from "./scenario.ts";

const run_json = ["exec", "--json", "go"];

describe("big outputs", () => {
  test("5 MB of output: capped for the model and in JSONL, memory stays flat", async () => {
    const run = async (bytes: number) => {
      await using w = await world([
        respond(call("exec_command", { login: false, cmd: `head -c ${bytes} /dev/zero | tr '\\0' x` })),
        respond(say("done")),
      ]);
      const child = w.start(run_json);
      const stdout = await new Response(child.stdout).text();
      await child.exited;
      const [command] = itemsOf(
        stdout
          .trimEnd()
          .split("\n")
          .map((line): JsonEvent => JSON.parse(line)),
      );
      const told = w.server.requests[1]?.raw.length ?? 0;
      return { kept: String(command?.aggregated_output).length, told, rss: child.resourceUsage()?.maxRSS ?? 0 };
    };
    const [small, big] = [await run(2_000_000), await run(5_000_000)];
    expect(big.kept).toBeLessThanOrEqual(1024 * 1024 + 200);
    expect(big.told).toBeLessThan(80_000);
    // The time that it took has its own number of digits.
    expect(Math.abs(big.told - small.told)).toBeLessThan(10);
    expect(big.rss).toBeLessThan(small.rss * 1.25);
  });

  test("an answer in 20,000 pieces is four lines", async () => {
    await using w = await world([respond(say(...Array.from({ length: 20_000 }, () => "piece ")))]);
    const ran = await w.moat(run_json);
    expect(ran.stdout.trimEnd().split("\n")).toHaveLength(4);
    expect(itemsOf(ran.events())[0]?.text).toHaveLength(120_000);
  });
});
