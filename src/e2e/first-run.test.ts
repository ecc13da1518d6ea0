// The first start on a terminal: two questions, asked once, and never where nobody is there to answer.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";
import { pty } from "./pty.ts";

const ENTER = "\r";
const DOWN = "\x1b[B";
const ESCAPE = "\x1b";
const config = (w: TestWorld) => readFileSync(join(w.moat_home, "config.toml"), "utf8");

describe("the first run", () => {
  test("a key that is set is offered first; Enter twice is enough, and nothing is asked again", async () => {
    await using w = await world([respond(say("hello"))]);
    {
      await using t = pty(w, []);
      await t.shows("Who shall answer?");
      await t.shows("OPENAI_API_KEY is set");
      await t.answer(ENTER);
      await t.shows("What may it do?");
      await t.answer(ENTER);
      await t.shows("Saved in");
      await t.shows("Trust ");
      await t.answer(ENTER);
      await t.shows("What shall be done?");
    }
    expect(config(w)).toContain('model_provider = "openai"');
    expect(config(w)).not.toContain("sandbox_mode");
    await using again = pty(w, ["repl", "hi"]);
    await again.shows("hello");
    expect(again.text).not.toContain("Who shall answer?");
  });

  test("a mode is saved as the settings that it stands for", async () => {
    await using w = await world([]);
    await using t = pty(w, []);
    await t.shows("Who shall answer?");
    await t.answer(ENTER);
    await t.shows("What may it do?");
    await t.answer(`${DOWN}${ENTER}`);
    await t.shows("Saved in");
    expect(config(w)).toContain('sandbox_mode = "read-only"');
    expect(config(w)).toContain('approval_policy = "on-request"');
  });

  test("Escape leaves it for later, and does not ask again", async () => {
    await using w = await world([]);
    await using t = pty(w, []);
    await t.shows("Who shall answer?");
    await t.answer(ESCAPE);
    await t.shows("Left for later");
    await t.shows("Trust ");
    expect(config(w)).toStartWith("# ");
    expect(config(w)).not.toContain("model_provider");
  });

  test("a pasted key is saved, and shown nowhere", async () => {
    await using w = await world([]);
    const key = "sk-pasted-0123456789abcdef";
    await using t = pty(w, [], { OPENAI_API_KEY: "" });
    await t.shows("Who shall answer?");
    await t.answer(ENTER);
    await t.shows("Which one?");
    await t.answer(ENTER);
    await t.shows("Key of OpenAI");
    t.type(`${key}${ENTER}`);
    await t.shows("What may it do?");
    await t.answer(ENTER);
    await t.shows("Saved in");
    expect(t.raw).not.toContain(key);
    expect(config(w)).not.toContain(key);
    expect((await w.moat(["login", "status"], { env: { OPENAI_API_KEY: "" } })).stdout).toContain("openai: saved");
  });

  test("not in a pipe, in exec, in CI, or on a dumb terminal", async () => {
    await using w = await world([respond(say("one")), respond(say("two"))]);
    expect((await w.moat(["repl"], { stdin: "hi\n" })).exit).toBe(0);
    expect((await w.moat(["exec", "hi"])).exit).toBe(0);
    for (const env of [{ CI: "true" }, { TERM: "dumb" }]) {
      await using t = pty(w, [], env as Record<string, string>);
      await t.shows("Trust ");
      expect(t.text).not.toContain("Who shall answer?");
    }
    expect(existsSync(join(w.moat_home, "config.toml"))).toBe(false);
  });
});
