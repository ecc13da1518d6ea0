// What is found wrong, or put right, before the model is asked anything.
import { expect, test } from "bun:test";
import { respond, say } from "../testkit/index.ts";
import { world } from "./harness.ts";

const done = respond(say("done"));

test("a missing key: the lines that the Codex CLI gives, and exit 1", async () => {
  await using w = await world([done]);
  const env = { OPENAI_API_KEY: "", OPENAI_BASE_URL: "https://models.example/v1" };
  const ran = await w.moat(["exec", "--json", "hi"], { env });
  expect(ran.exit).toBe(1);
  expect(ran.events().map(({ type }) => type)).toEqual(["thread.started", "turn.started", "error", "turn.failed"]);
  expect(ran.stderr).toContain("needs a key");
});

test("another failure before the first turn: one line on stdout, beside the text", async () => {
  await using w = await world([done]);
  for (const args of [
    ["-C", "nowhere", "hi"],
    ["--output-schema", "nowhere.json", "hi"],
    ["-o", "/proc/nowhere/x", "hi"],
    ["resume", "00000000-0000-0000-0000-000000000000", "hi"],
    ["resume", "--last", "hi"],
    ["fork", "00000000-0000-0000-0000-000000000000", "hi"],
  ]) {
    const ran = await w.moat(["exec", "--json", ...args]);
    expect([ran.exit, ran.events().map(({ type }) => type)]).toEqual([1, ["error"]]);
    expect(ran.stderr).toContain("moat: ");
  }
  expect(w.server.requests).toHaveLength(0);
});

test("a wrong command line prints nothing on stdout", async () => {
  await using w = await world([done]);
  expect(await w.moat(["exec", "--json", "--modle", "x", "hi"])).toMatchObject({ exit: 2, stdout: "" });
});

test("a home that cannot be written: the thread runs, is not kept, and that is said", async () => {
  await using w = await world([done]);
  const ran = await w.moat(["exec", "hi"], { env: { HOME: "/proc/nowhere" } });
  expect(ran).toMatchObject({ exit: 0, stdout: "done\n" });
  expect(ran.stderr).toContain("this thread is not kept");
  // Who named a home wants it used.
  const named = await w.moat(["exec", "hi"], { env: { MOAT_HOME: "/proc/nowhere" } });
  expect(named.exit).toBe(1);
});

test("a prompt that begins like a diff is a prompt", async () => {
  await using w = await world([done]);
  const ran = await w.moat(["exec", "--- a/file\n+++ b/file"]);
  expect(ran.exit).toBe(0);
  expect(w.server.requests[0]?.raw).toContain("--- a/file");
});

test("AGENTS.md and a schema with a mark, or in UTF-16", async () => {
  const wide = (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le");
  const marked = (text: string) => Buffer.from(`\uFEFF${text}`);
  for (const encoded of [wide, (text: string) => wide(text).swap16(), marked]) {
    const files = { "AGENTS.md": encoded("House rule: whisper.\n"), "s.json": encoded('{"type":"object"}') };
    await using w = await world([respond(say("{}"))], files);
    const ran = await w.moat(["exec", "--output-schema", "s.json", "hi"]);
    expect([ran.exit, ran.stdout]).toEqual([0, "{}\n"]);
    expect(w.server.requests[0]?.raw).toContain("House rule: whisper.");
    expect(w.server.requests[0]?.raw).not.toContain("\uFEFF");
  }
});
