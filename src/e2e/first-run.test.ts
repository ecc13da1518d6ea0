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

  test("another address: what is none is asked for again, /v1 may be left out, and no model that embeds is offered", async () => {
    const ids = ["nomic-embed-text", "qwen3:8b", "gemma3"];
    await using w = await world(({ path, method }) =>
      method === "GET" && path.endsWith("/v1/models")
        ? { status: 200, body: { data: ids.map((id) => ({ id })) } }
        : { status: 404, body: "" },
    );
    await using t = pty(w, [], { OPENAI_API_KEY: "", OPENAI_BASE_URL: "" });
    await t.shows("Another address");
    await t.answer(`${DOWN}${ENTER}`);
    await t.shows("Its base URL");
    const erase = "\x7f".repeat(40);
    await t.answer(`${erase}ftp://there${ENTER}`);
    await t.shows("That is no http:// or https:// address");
    await t.answer(`${erase}${new URL(w.server.url).host}/${ENTER}`);
    await t.shows("Which model?");
    await t.shows("gemma3");
    expect(t.text).not.toContain("nomic-embed-text");
    await t.answer(`${DOWN}${ENTER}`);
    await t.shows("What may it do?");
    await t.answer(ENTER);
    await t.shows("Saved in");
    expect(config(w)).toContain(`base_url = "${w.server.url}"`);
    expect(config(w)).toContain('model = "gemma3"');
    const ran = await w.moat(["exec", "go"], { env: { OPENAI_API_KEY: "", OPENAI_BASE_URL: "" } });
    expect(ran.stderr).toContain("gemma3 (own)");
    expect((await w.moat(["doctor"], { env: { OPENAI_API_KEY: "", OPENAI_BASE_URL: "" } })).stdout).toContain(
      "(own) at",
    );
  });

  test("another address where nobody is yet: a model is named, and that is said", async () => {
    await using w = await world([]);
    await using t = pty(w, [], { OPENAI_API_KEY: "", OPENAI_BASE_URL: "" });
    await t.shows("Another address");
    await t.answer(`${DOWN}${ENTER}`);
    await t.shows("Its base URL");
    await t.answer(`${"\x7f".repeat(40)}http://127.0.0.1:1/v1${ENTER}`);
    await t.shows("lists no model now");
    await t.shows("Which model?");
    await t.answer(`mine${ENTER}`);
    await t.shows("What may it do?");
    await t.answer(ENTER);
    await t.shows("Saved in");
    expect(config(w)).toContain('model = "mine"');
  });

  test("several servers of this machine are a choice", async () => {
    const script = ({ path }: { path: string }) =>
      path.endsWith("/models") ? { status: 200, body: { data: [{ id: "qwen3:8b" }] } } : { status: 404, body: "" };
    await using w = await world(script);
    const here = { OLLAMA_BASE_URL: w.server.url, LMSTUDIO_BASE_URL: w.server.url };
    await using t = pty(w, [], { OPENAI_API_KEY: "", OPENAI_BASE_URL: "", ...here });
    await t.shows("Ollama (runs here)");
    await t.shows("LM Studio");
    await t.answer(`${DOWN}${ENTER}`);
    await t.shows("What may it do?");
    await t.answer(ENTER);
    await t.shows("Saved in");
    expect(config(w)).toContain('model_provider = "lmstudio"');
    expect(config(w)).toContain('model = "qwen3:8b"');
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
