// Whole streams of `moat exec --json`, byte for byte: a folder of fixtures/golden is a scripted model with the lines that it
// leads to. `bun run goldens` writes them anew; a change of a line is a change of the public contract.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expectGolden } from "../testkit/golden.suite.ts";
import { call, callCustom, type Output, respond, responseEvents, type Step, say, think } from "../testkit/index.ts";
import { parseLines, world } from "./harness.ts";

/** One output of the model, as a fixture writes it. */
type Said =
  | { say: string[] }
  | { think: string[] }
  | { call: [name: string, args: object] }
  | { custom: [name: string, lines: string[]] };

/** A scenario. `responses`: one a request; `broken`: the stream stops without an end; `status`: no stream at all. */
interface Golden {
  args: string[];
  files?: Record<string, string>;
  responses: (Said[] | { broken: Said[] } | { status: number; message: string })[];
}

const golden = join(import.meta.dir, "fixtures", "golden");

function outputOf(said: Said, index: number): Output {
  if ("say" in said) return say(...said.say);
  if ("think" in said) return think(...said.think);
  if ("call" in said) return call(said.call[0], said.call[1], `call_${index}`);
  return callCustom(said.custom[0], `${said.custom[1].join("\n")}\n`, `call_${index}`);
}

function reply(response: Golden["responses"][number]): Step[] | { status: number; body: object } {
  if (Array.isArray(response)) return respond(...response.map(outputOf));
  if ("broken" in response) return responseEvents(response.broken.map(outputOf), { type: "none" });
  return { status: response.status, body: { error: { message: response.message } } };
}

/** Replaces what differs between two machines or two runs: ids, places, what the kernel can do, what a process took, and drawn delays. */
function normalized(stdout: string, project: string): string {
  return stdout
    .replaceAll(project, "/PROJECT")
    .replace(/"thread_id":"[^"]+"/g, '"thread_id":"THREAD"')
    .replace(/"sandbox":\{[^}]*\}/g, '"sandbox":"REPORT"')
    .replace(/,"process":\{[^}]*\}/g, "")
    .replace(/retrying (\d+\/\d+) in \d+ms/g, "retrying $1 in 0ms")
    .replace(/"delay_ms":[\d.]+/g, '"delay_ms":0');
}

async function play({ args, files, responses }: Golden): Promise<string> {
  await using w = await world(
    responses.map((response) => reply(response) as never),
    files ?? {},
  );
  const { stdout } = await w.moat(args);
  parseLines(stdout);
  return normalized(stdout, w.project.dir);
}

for (const name of readdirSync(golden).sort()) {
  test(name, async () => {
    const scenario: Golden = JSON.parse(readFileSync(join(golden, name, "scenario.json"), "utf8"));
    const [first, second] = [await play(scenario), await play(scenario)];
    expect(second).toBe(first);
    await expectGolden(join(golden, name, "stdout.jsonl"), first);
  });
}
