// Published versions of the Codex CLI go on with a thread, and moat goes on with the same file: both send the same. They are installed from
// npm, so this runs with --full; what they sent in 2026-11 is in the fixtures of session/import.
import { describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HistoryItem, type Json, type JsonObject, promptText } from "../protocol/index.ts";
import { call, callCustom, type Output, type RecordedRequest, responseEvents, say, think } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";

const full = process.env.MOAT_TEST_FULL === "1";

/** A version, a model of its time, and how its shell is called. */
const VERSIONS: [version: string, model: string, shell: "shell" | "shell_command" | "exec_command"][] = [
  ["0.171.0", "gpt-5.5", "exec_command"],
  ["0.130.0", "gpt-5.5", "exec_command"],
  ["0.100.0", "gpt-5.2-codex", "shell_command"],
  ["0.60.1", "gpt-5.1-codex", "shell_command"],
  ["0.40.0", "gpt-5-codex", "shell"],
  ["0.20.0", "gpt-5", "shell"],
];

const COMMAND = "cat notes.md; exit 3";
const ARGUMENTS: Record<string, JsonObject> = {
  shell: { command: ["bash", "-lc", COMMAND] },
  shell_command: { command: COMMAND },
  exec_command: { cmd: COMMAND },
};

/** Two turns are long enough for a compaction each. */
const PROMPTS = ["Look at everything", "And again", "A third time", "A fourth time", "A fifth time"];
const PATCH = "*** Begin Patch\n*** Add File: new.ts\n+export const sub = 2;\n*** End Patch\n";

/** What the model says to a request: by its last prompt, and to one without tools a summary. */
function answerTo(
  request: RecordedRequest,
  shell: string,
  freeform: boolean,
): { outputs: Output[]; input_tokens: number } {
  const body = request.body as { input?: Json[]; tools?: Json[] };
  if (!body.tools?.length) return { outputs: [say("Summary: they looked at notes.md.")], input_tokens: 100 };
  const input = JSON.stringify(body.input?.slice(-4) ?? []);
  const at = PROMPTS.findLastIndex((prompt) => input.includes(prompt));
  // Versions compact at the end of such a turn, and ask again then, or before the next one.
  const asked_again = JSON.stringify(body.input?.at(-1) ?? "").includes("Summary: ");
  const long = (at === 1 || at === 2) && !asked_again;
  if (at > 0 || input.includes("_output"))
    return { outputs: [say(`Answer ${at}.`)], input_tokens: long ? 90_000 : 200 };
  const patch = freeform ? [callCustom("apply_patch", PATCH, "call_2")] : [];
  return {
    outputs: [think("I should look."), say("Looking."), call(shell, ARGUMENTS[shell] ?? {}, "call_1"), ...patch],
    input_tokens: 200,
  };
}

/** What of a request is compared: all but the surroundings, which each program tells its own way. */
function essence(request: RecordedRequest | undefined): unknown[] {
  const { input = [] } = (request?.body ?? {}) as { input?: JsonObject[] };
  return input.flatMap((item) => {
    const {
      type,
      role,
      content,
      call_id,
      name,
      arguments: args,
      input: text,
      output,
      summary,
      encrypted_content,
    } = item;
    if (type === "message" && role !== "assistant" && promptText(item as unknown as HistoryItem) === null) return [];
    const parts = Array.isArray(content) ? content.map((part) => (part as JsonObject).text) : undefined;
    return [{ type, role, parts, call_id, name, args, text, output, summary, encrypted_content }];
  });
}

async function install(version: string, dir: string): Promise<string> {
  writeFileSync(
    join(dir, "package.json"),
    JSON.stringify({ private: true, dependencies: { "@openai/codex": version } }),
  );
  const child = Bun.spawn(["npm", "install", "--no-audit", "--no-fund"], {
    cwd: dir,
    stdout: "ignore",
    stderr: "inherit",
  });
  expect(await child.exited).toBe(0);
  return join(dir, "node_modules", ".bin", "codex");
}

const configOf = (model: string, url: string) =>
  `model = "${model}"\nmodel_provider = "script"\nmodel_auto_compact_token_limit = 50000\nmodel_context_window = 100000\n` +
  `[model_providers.script]\nname = "script"\nbase_url = "${url}"\nwire_api = "responses"\nenv_key = "OPENAI_API_KEY"\n`;

function rolloutIn(home: string): string {
  const names = readdirSync(join(home, "sessions"), { recursive: true, encoding: "utf8" });
  return join(home, "sessions", names.find((name) => /rollout-.*\.jsonl$/.test(name)) ?? "none");
}

/** The request that began the turn of this prompt, and how many there were before it. */
const requestOf = (w: TestWorld, prompt: string, from: number) =>
  w.server.requests
    .slice(from)
    .find(({ body }) => JSON.stringify((body as { input?: Json[] } | null)?.input?.at(-1) ?? "").includes(prompt));

async function goOnAs(w: TestWorld, rollout: string, prompt: string): Promise<RecordedRequest | undefined> {
  const moat_home = join(w.home, `moat-${PROMPTS.indexOf(prompt)}`);
  const file = join(moat_home, "rollout-copy.jsonl");
  mkdirSync(moat_home);
  copyFileSync(rollout, file);
  const env = { MOAT_HOME: moat_home };
  writeFileSync(join(moat_home, "config.toml"), configOf("unused", w.server.url));
  const [thread] = JSON.parse((await w.moat(["threads", "import", "--json", file], { env })).stdout);
  const from = w.server.requests.length;
  const ran = await w.moat(["exec", "resume", thread.thread_id, prompt, "--skip-git-repo-check"], { env });
  expect([ran.exit, ran.stderr]).toEqual([0, expect.anything()]);
  return requestOf(w, prompt, from);
}

/** Runs Codex, the first time or going on with its thread. */
async function runCodex(codex: string, home: string, cwd: string, prompt: string, resume: string[]): Promise<void> {
  const flags = ["--dangerously-bypass-approvals-and-sandbox", "--skip-git-repo-check"];
  const child = Bun.spawn([codex, "exec", ...flags, ...resume, prompt], {
    cwd,
    env: { PATH: process.env.PATH ?? "", HOME: home, CODEX_HOME: home, OPENAI_API_KEY: "sk-test" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  expect([prompt, await child.exited]).toEqual([prompt, 0]);
}

async function compare(version: string, model: string, shell: string, dir: string): Promise<void> {
  const codex = await install(version, dir);
  // It has no `exec resume`, no compaction on its own and no freeform patches.
  const old = version === "0.20.0";
  await using w = await world(
    (request) => {
      if (request.method !== "POST") return { status: 200, body: { data: [], models: [] } };
      const { outputs, input_tokens } = answerTo(request, shell, !old);
      return responseEvents(outputs, { type: "completed", usage: { input: input_tokens } });
    },
    { "notes.md": "hello\n" },
  );
  const home = join(dir, "home");
  mkdirSync(home);
  writeFileSync(join(home, "config.toml"), configOf(model, w.server.url));
  for (const [index, prompt] of (old ? PROMPTS.slice(0, 2) : PROMPTS).entries()) {
    const compared = index === 1 || index === 4;
    const own = compared ? await goOnAs(w, rolloutIn(home), prompt) : undefined;
    const from = w.server.requests.length;
    const id = index === 0 ? "" : (rolloutIn(home).match(/[0-9a-f]{8}-[0-9a-f-]{27}/)?.[0] ?? "");
    const goesOn = old ? ["-c", `experimental_resume=${index > 0 && rolloutIn(home)}`] : ["resume", id];
    await runCodex(codex, home, w.project.dir, prompt, index === 0 ? [] : goesOn);
    if (compared) expect(essence(own)).toEqual(essence(requestOf(w, prompt, from)));
  }
  const summaries = w.server.requests.filter(
    ({ method, body }) => method === "POST" && !(body as { tools?: Json[] }).tools?.length,
  );
  expect(summaries).toHaveLength(old ? 0 : 2);
}

describe.skipIf(!full)("what moat sends is what this version of Codex sends when it goes on itself", () => {
  test.each(VERSIONS)(
    "%s",
    async (version, model, shell) => {
      const dir = mkdtempSync(join(tmpdir(), "moat-codex-"));
      try {
        await compare(version, model, shell, dir);
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    },
    180_000,
  );
});
