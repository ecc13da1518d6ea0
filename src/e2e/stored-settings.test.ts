// What is typed is refused at once, with the values that may stand there; what a thread stored is read leniently: nobody typed it.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";

const KNOWN = "none, minimal, low, medium, high, xhigh, max";

/** The rollout of the world's only thread. */
function rollout({ moat_home }: TestWorld): string {
  const files = readdirSync(moat_home, { recursive: true, encoding: "utf8" });
  return join(moat_home, files.find((file) => /rollout-[^/]+\.jsonl$/.test(file)) ?? "none");
}

test("/model: an effort that is none is refused, nothing is changed, and the thread can be resumed", async () => {
  await using w = await world([respond(say("one")), respond(say("two"))]);
  const ran = await w.moat(["repl"], { stdin: "/model m2 bogus\n/model m2 high\n/model m3 bogus\nhello\n" });
  expect(ran.stdout).toContain(`there is no effort bogus: use ${KNOWN}`);
  expect(w.server.requests[0]?.body).toMatchObject({ model: "m2", reasoning: { effort: "high" } });
  const resumed = await w.moat(["exec", "resume", "--last", "again"]);
  expect([resumed.exit, resumed.stdout]).toEqual([0, "two\n"]);
  expect(w.server.requests[1]?.body).toMatchObject({ model: "m2", reasoning: { effort: "high" } });
});

test("an op with a value that may not be is rejected by name, and starts nothing", async () => {
  await using w = await world([respond(say("one"))]);
  const turn = (overrides: object) =>
    JSON.stringify({ type: "user_turn", input: [{ type: "text", text: "go" }], overrides });
  const lines = [{ effort: "bogus" }, { sandbox_mode: "none" }, { approval_policy: "yes" }, { model: "" }].map(turn);
  const ran = await w.moat(["proto"], { stdin: `${lines.join("\n")}\n` });
  const events = ran.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; message?: string });
  expect(events.filter(({ type }) => type === "op.rejected").map(({ message }) => message)).toEqual([
    expect.stringContaining('overrides.effort: it must be one of "none", "minimal"'),
    expect.stringContaining('overrides.sandbox_mode: it must be one of "read-only"'),
    expect.stringContaining('overrides.approval_policy: it must be one of "untrusted"'),
    expect.stringContaining("overrides.model: it must not be empty"),
  ]);
  expect(w.server.requests).toHaveLength(0);
});

test.each([
  ["an effort", '"effort":null', '"effort":"bogus"', 'the stored thread: "model_reasoning_effort" is "bogus"'],
  ["a sandbox mode", '"sandbox_mode":"danger-full-access"', '"sandbox_mode":"boundless"', "sandbox read-only"],
  ["an approval policy", '"approval_policy":"never"', '"approval_policy":"perhaps"', "approvals never"],
])("%s that was stored and is unknown here does not stop the thread", async (_, stored, unknown, told) => {
  await using w = await world([respond(say("one")), respond(say("two"))]);
  await w.moat(["exec", "-s", "danger-full-access", "hi"]);
  const text = readFileSync(rollout(w), "utf8");
  expect(text).toContain(stored);
  writeFileSync(rollout(w), text.replaceAll(stored, unknown));
  const ran = await w.moat(["exec", "resume", "--last", "again"]);
  expect([ran.exit, ran.stdout]).toEqual([0, "two\n"]);
  expect(ran.stderr).toContain(told);
});
