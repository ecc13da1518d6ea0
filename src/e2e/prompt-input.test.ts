// What the model would get, shown before it is sent: the same to the byte as what is sent then.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";

interface Shown {
  model: string;
  tokens: number;
  window: number | null;
  files: { file: string; scope: string; bytes: number; dropped: number }[];
  parts: { part: string; name: string; bytes: number; tokens: number; text: string }[];
  request: Record<string, unknown>;
}

const debug = async (w: TestWorld, ...args: string[]): Promise<Shown> => {
  const ran = await w.moat(["debug", "prompt-input", "--json", ...args]);
  if (ran.exit !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout);
};

describe("moat debug prompt-input", () => {
  for (const [wire, model] of [
    ["responses", "gpt-6-sol"],
    ["chat", "qwen"],
    ["anthropic", "claude-sonnet-5"],
  ] as const) {
    test(`shows what is sent on the wire ${wire}`, async () => {
      await using w = await world([respond(say("ok"))], { "AGENTS.md": "Use tabs.\n" });
      w.config(
        `model = "${model}"\nmodel_provider = "p"\napproval_policy = "never"\ndeveloper_instructions = "Be brief."\n[model_providers.p]\nbase_url = "${w.server.url}"\nwire_api = "${wire}"\nrequest_max_retries = 0\n`,
      );
      const shown = await debug(w, "explain this");
      expect(w.server.requests).toEqual([]);
      await w.moat(["exec", "explain this"]);
      const { prompt_cache_key: shown_key, ...request } = shown.request;
      const { prompt_cache_key: sent_key, ...sent } = (w.server.requests[0]?.body ?? {}) as Record<string, unknown>;
      expect(request).toEqual(sent);
      expect([typeof shown_key, shown.model]).toEqual([typeof sent_key, model]);
    });
  }

  test("names every part and what it costs, and the files of instructions", async () => {
    const long = "x".repeat(40_000);
    await using w = await world([], { "AGENTS.md": long, "sub/AGENTS.md": "never read" });
    w.config('developer_instructions = "Be brief."\n');
    const { parts, tokens, files, window } = await debug(w, "explain this");
    expect(parts.map(({ part, name }) => `${part} ${name}`)).toEqual([
      "instructions system prompt",
      "tool exec_command",
      "tool write_stdin",
      "tool apply_patch",
      "tool web_fetch",
      "tool update_plan",
      "tool view_image",
      "tool request_user_input",
      "tool exit_plan_mode",
      "tool spawn_agent",
      "tool send_input",
      "tool wait",
      "tool close_agent",
      "input developer_instructions",
      "input project instructions",
      "input environment",
      "input prompt",
    ]);
    for (const { text, bytes } of parts) expect(bytes).toBe(Buffer.byteLength(text));
    expect(tokens).toBe(parts.reduce((sum, part) => sum + part.tokens, 0));
    expect(parts.at(-1)?.text).toBe("explain this");
    expect(files).toEqual([{ file: w.project.path("AGENTS.md"), scope: "project", bytes: 32_768, dropped: 7232 }]);
    expect(window).toBeGreaterThan(tokens);
  });

  test("reads as text, with a table at its end; control characters of files are shown", async () => {
    await using w = await world([], { "AGENTS.md": "hidden \u001b[8m text" });
    const ran = await w.moat(["debug", "prompt-input", "hi"]);
    expect(ran.exit).toBe(0);
    expect(ran.stdout).toContain("hidden \\x1b[8m text");
    expect(ran.stdout).not.toContain("\u001b");
    expect(ran.stdout).toMatch(/system prompt +[\d,]+ bytes +~ +[\d,]+ tokens/);
    expect(ran.stdout).toContain(`${w.project.path("AGENTS.md")}: 16 bytes`);
  });

  test("runs nothing and keeps nothing", async () => {
    const hook = { type: "command", command: 'touch "$HOME/canary"' };
    await using w = await world([], {
      ".moat/hooks.json": JSON.stringify({ hooks: { SessionStart: [{ hooks: [hook] }] } }),
    });
    expect((await w.moat(["debug", "prompt-input", "--trust", "hi"])).exit).toBe(0);
    expect(existsSync(join(w.home, "canary"))).toBe(false);
    expect(existsSync(join(w.moat_home, "threads"))).toBe(false);
    expect(existsSync(join(w.moat_home, "trust.json"))).toBe(false);
  });

  test("a folder that a person trusts is shown as the person gets it", async () => {
    await using w = await world([]);
    w.config(`[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
    const environment = (await debug(w)).parts.find(({ name }) => name === "environment");
    expect(environment?.text).toContain("<sandbox>workspace-write");
    expect(environment?.text).toContain("<approvals>on-request");
    const narrower = (await debug(w, "-s", "read-only")).parts.find(({ name }) => name === "environment");
    expect(narrower?.text).toContain("<sandbox>read-only");
  });
});

test("moat debug models: the built-in table with the user's file over it", async () => {
  await using w = await world([]);
  w.config('model_catalog_json = "models.json"\n');
  await Bun.write(
    join(w.moat_home, "models.json"),
    JSON.stringify({ mine: { context_window: 4096 }, "gpt-6-sol": { context_window: 1 } }),
  );
  const ran = await w.moat(["debug", "models"]);
  const { models } = JSON.parse(ran.stdout) as { models: { id: string; context_window: number }[] };
  const windows = new Map(models.map(({ id, context_window }) => [id, context_window]));
  expect([windows.get("mine"), windows.get("gpt-6-sol"), (windows.get("claude-opus-5") ?? 0) > 1000]).toEqual([
    4096,
    1,
    true,
  ]);
  expect(w.server.requests).toEqual([]);
});

test("moat features list: none, and what is set in vain is said", async () => {
  await using w = await world([]);
  w.config("[features]\nrocket = true\n");
  const ran = await w.moat(["features", "list"]);
  expect([ran.exit, ran.stdout]).toEqual([0, expect.stringContaining("features.rocket = true has no effect")]);
  expect(JSON.parse((await w.moat(["features", "list", "--json"])).stdout)).toEqual({
    features: [],
    without_effect: [{ name: "rocket", enabled: true }],
  });
  expect((await w.moat(["features"])).exit).toBe(2);
});
