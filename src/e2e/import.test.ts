// Sessions of other agents as a person brings them along: found, imported, gone on with; the built binary and files that the published
// programs wrote.
import { describe, expect, test } from "bun:test";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Json } from "../protocol/index.ts";
import { chatEvents, messagesEvents, respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";
import { pty } from "./pty.ts";

const fixtures = join(import.meta.dir, "..", "session", "import", "fixtures");

/** Where each agent keeps its sessions below a home, and the fixture that goes there. */
const HOMES: [from: string, fixture: string, place: string][] = [
  ["codex", "codex-0.171.0", ".codex/sessions/2026/11/28"],
  ["claude", "claude-2.1.332", ".claude"],
  ["gemini", "gemini-0.61", ".gemini"],
  ["qwen", "qwen-0.24.4", ".qwen"],
  ["pi", "pi-1.6", ".pi/agent"],
  ["copilot", "copilot-1.0.102", ".copilot"],
  ["opencode", "opencode-1.18.33", ".local/share/opencode"],
];

function bring(w: TestWorld, from: string): string {
  const [, fixture = "", place = ""] = HOMES.find(([name]) => name === from) ?? [];
  const dir = join(w.home, place);
  cpSync(join(fixtures, fixture), dir, { recursive: true });
  return dir;
}

interface Result {
  ok: boolean;
  thread_id: string;
  turns: number;
  reason: string;
}

async function importJson(w: TestWorld, ...args: string[]): Promise<Result[]> {
  const ran = await w.moat(["threads", "import", "--json", ...args]);
  return JSON.parse(ran.stdout);
}

/** Names, sizes, times and bytes of all files below a directory. */
function picture(dir: string): unknown[] {
  const names = readdirSync(dir, { recursive: true, encoding: "utf8" }).sort();
  return names.map((name) => {
    const stat = statSync(join(dir, name));
    return [name, stat.mtimeMs, stat.isFile() ? Bun.hash(readFileSync(join(dir, name))) : null];
  });
}

describe("every agent's sessions are found by themselves, and stay as they are", () => {
  test.each(HOMES.map(([from]) => from))("%s", async (from) => {
    await using w = await world([]);
    const dir = bring(w, from);
    const before = picture(dir);
    const results = await importJson(w, "--from", from, "--last");
    expect(results.map(({ ok }) => ok)).not.toContain(false);
    expect(results.length).toBeGreaterThan(0);
    expect(picture(dir)).toEqual(before);
    const again = await importJson(w, "--from", from, "--all");
    expect(again.filter(({ ok }) => ok).length).toBeLessThan(2);
    expect(again.flatMap(({ reason }) => reason ?? [])).toContain("exists");
  });

  test("all of all, with a count; without a choice it says what there is", async () => {
    await using w = await world([]);
    for (const [from] of HOMES) bring(w, from);
    const asked = await w.moat(["threads", "import"]);
    expect([asked.exit, asked.stdout]).toEqual([2, ""]);
    expect(asked.stderr).toContain("say which: a FILE, --last or --all; there are ");
    for (const text of ["1 of claude", "2 of opencode", "1 of codex"]) expect(asked.stderr).toContain(text);
    const all = await w.moat(["threads", "import", "--all"]);
    expect(all.exit).toBe(0);
    expect(all.stdout).toEndWith("10 imported\n");
    expect((await w.moat(["threads", "import", "--all"])).stdout).toEndWith("10 there already\n");
    expect((await w.moat(["threads", "import", "--from", "claud", "--all"])).stderr).toContain("did you mean claude?");
  });
});

test("a file that is named says itself whose it is, and an export is one, too", async () => {
  await using w = await world([]);
  for (const [from, fixture] of HOMES) {
    const dir = join(fixtures, fixture);
    const name =
      readdirSync(dir, { recursive: true, encoding: "utf8" }).find((one) => /\.(?:jsonl|db)$/.test(one)) ?? "none";
    const results: (Result & { from: string })[] = JSON.parse(
      (await w.moat(["threads", "import", "--json", join(dir, name)])).stdout,
    );
    expect(results.map((one) => [one.ok, one.from])).toContainEqual([true, from]);
  }
  const [thread] = JSON.parse((await w.moat(["threads", "list", "--all", "--json"])).stdout);
  await w.moat(["threads", "export", thread.thread_id, "-o", "thread.jsonl"]);
  const other = await w.moat(["threads", "import", "thread.jsonl"], { env: { MOAT_HOME: join(w.home, "other") } });
  expect([other.exit, other.stdout]).toEqual([0, `${thread.thread_id} imported, ${thread.turns} turns\n`]);
});

/** Texts of a request, whatever its wire. */
const textOf = (body: Json) => JSON.stringify(body);

describe("a thread that was imported goes on with any provider", () => {
  const wires = {
    responses: () => respond(say("I know.")),
    chat: () => chatEvents([say("I know.")], { type: "completed" }),
    anthropic: () => messagesEvents([say("I know.")], { type: "completed" }),
  };
  test.each(Object.keys(wires) as (keyof typeof wires)[])("%s", async (wire_api) => {
    for (const [from] of HOMES.filter(([name]) => name !== "codex")) {
      await using w = await world([wires[wire_api](), wires[wire_api]()]);
      w.config(
        `model = "mine"\nmodel_provider = "own"\n[model_providers.own]\nname = "own"\nbase_url = "${w.server.url}"\nwire_api = "${wire_api}"\n`,
      );
      bring(w, from);
      const [thread] = await importJson(w, "--from", from, "--last");
      const resume = (text: string) =>
        w.moat(["exec", "resume", thread?.thread_id ?? "", text, "--skip-git-repo-check"]);
      const ran = await resume("What was it?");
      expect([from, ran.exit, ran.stdout]).toEqual([from, 0, "I know.\n"]);
      expect(ran.stderr).toContain("model, provider, sandbox mode and approval policy: taken from your configuration");
      const body = w.server.requests[0]?.body as { model: string };
      expect(body.model).toBe("mine");
      expect(textOf(body)).toContain("What was it?");
      expect(textOf(body)).toMatch(/add\.ts|Look at everything/);
      // Now the thread knows it itself.
      expect((await resume("And?")).stderr).not.toContain("taken from your configuration");
    }
  });
});

describe("what a Codex file does not say is the user's", () => {
  const resumed = async (w: TestWorld, file: string, ...args: string[]) => {
    const [thread] = await importJson(w, file);
    return w.moat(["exec", "resume", thread?.thread_id ?? "", "go on", "--skip-git-repo-check", ...args]);
  };
  const fixture = (version: string) => {
    const dir = join(fixtures, `codex-${version}`);
    return join(dir, readdirSync(dir).find((name) => name.startsWith("rollout-")) ?? "");
  };
  const configured = (w: TestWorld, more = "") =>
    w.config(
      `model = "mine"\nmodel_provider = "own"\n${more}[model_providers.own]\nname = "own"\nbase_url = "${w.server.url}"\n`,
    );

  test.each(["0.8.0", "0.20.0", "typescript"])("%s: model, provider and modes", async (version) => {
    await using w = await world([respond(say("ok"))]);
    configured(w, 'sandbox_mode = "workspace-write"\n');
    const file =
      version === "typescript"
        ? join(fixtures, "codex-typescript", readdirSync(join(fixtures, "codex-typescript"))[0] ?? "")
        : fixture(version);
    const ran = await resumed(w, file);
    expect([ran.exit, ran.stdout]).toEqual([0, "ok\n"]);
    expect(w.server.requests[0]?.body).toMatchObject({ model: "mine" });
    const [shown] = JSON.parse((await w.moat(["threads", "list", "--all", "--json"])).stdout);
    const stored = JSON.parse((await w.moat(["threads", "show", shown.thread_id, "--json"])).stdout);
    expect(stored.context).toMatchObject({ model: "mine", model_provider: "own", sandbox_mode: "workspace-write" });
    expect(stored.context).not.toHaveProperty("untold");
  });

  test("0.40.0: the provider alone", async () => {
    await using w = await world([respond(say("ok"))]);
    configured(w);
    const ran = await resumed(w, fixture("0.40.0"));
    expect(ran.stderr).toContain("moat: provider: taken from your configuration");
    expect(w.server.requests[0]?.body).toMatchObject({ model: "gpt-5-codex" });
  });

  test("a narrower mode that the file shows counts, unless it was typed", async () => {
    await using w = await world([respond(say("ok")), respond(say("ok"))]);
    configured(w, 'sandbox_mode = "danger-full-access"\n');
    const told = (mode: string) =>
      `<environment_context>\n<sandbox_mode>${mode}</sandbox_mode>\n</environment_context>`;
    const file = (id: string) => {
      const says = (text: string) => ({ type: "message", role: "user", content: [{ type: "input_text", text }] });
      const lines = [
        { id: `aaaaaaaa-0000-4000-8000-00000000000${id}`, timestamp: "2025-08-09T10:11:12.345Z" },
        says(told("read-only")),
        says("go"),
      ];
      return w.project.write(`rollout-${id}.jsonl`, lines.map((line) => JSON.stringify(line)).join("\n"));
    };
    const modes = async (id: string) =>
      JSON.parse((await w.moat(["threads", "show", `aaaaaaaa-0000-4000-8000-00000000000${id}`, "--json"])).stdout)
        .context.sandbox_mode;
    file("1");
    await resumed(w, "rollout-1.jsonl");
    expect(await modes("1")).toBe("read-only");
    file("2");
    await resumed(w, "rollout-2.jsonl", "-s", "workspace-write");
    expect(await modes("2")).toBe("workspace-write");
  });
});

/** Sessions of Claude Code, each of some turns with a long result. */
function manySessions(home: string, count: number): void {
  const dir = join(home, ".claude", "projects", "-w");
  mkdirSync(dir, { recursive: true });
  for (let n = 0; n < count; n++) {
    const id = `${String(n).padStart(8, "0")}-0000-4000-8000-000000000000`;
    const lines: object[] = [];
    let parent: string | null = null;
    const line = (type: string, message: object) => {
      const uuid = `${n}-${lines.length}`;
      lines.push({
        type,
        uuid,
        parentUuid: parent,
        sessionId: id,
        cwd: "/w",
        timestamp: "2026-11-28T06:00:00.000Z",
        message,
      });
      parent = uuid;
    };
    for (let turn = 0; turn < 20; turn++) {
      line("user", { content: `prompt ${turn}` });
      line("assistant", {
        id: `m${turn}`,
        content: [{ type: "tool_use", id: `t${turn}`, name: "Bash", input: { command: "ls" } }],
      });
      line("user", { content: [{ type: "tool_result", tool_use_id: `t${turn}`, content: `${turn} `.repeat(2000) }] });
    }
    writeFileSync(join(dir, `${id}.jsonl`), lines.map((one) => JSON.stringify(one)).join("\n"));
  }
}

const rollouts = (moat_home: string) => {
  try {
    return readdirSync(moat_home, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".jsonl"));
  } catch {
    return [];
  }
};

test("killed in the middle and run again: no thread twice, none lost, each whole", async () => {
  await using w = await world([]);
  const COUNT = 80;
  manySessions(w.home, COUNT);
  const whole = join(w.home, "whole");
  const args = ["threads", "import", "--from", "claude", "--all"];
  expect((await w.moat(args, { env: { MOAT_HOME: whole } })).exit).toBe(0);
  for (const some of [1, 20, 50]) {
    const child = w.start(args);
    while (rollouts(w.moat_home).length < some && child.exitCode === null) await Bun.sleep(1);
    child.kill("SIGKILL");
    await child.exited;
  }
  const again = await w.moat(args);
  expect(again.exit).toBe(0);
  expect(rollouts(w.moat_home).sort()).toEqual(rollouts(whole).sort());
  expect(rollouts(whole)).toHaveLength(COUNT);
  for (const name of rollouts(whole))
    expect(readFileSync(join(w.moat_home, name), "utf8")).toBe(readFileSync(join(whole, name), "utf8"));
});

test("two at once: the second says who works", async () => {
  await using w = await world([]);
  manySessions(w.home, 1);
  const pipe = w.project.path("pipe");
  expect(Bun.spawnSync(["mkfifo", pipe]).exitCode).toBe(0);
  // It waits for what somebody writes into the pipe.
  const child = w.start(["threads", "import", "--from", "claude", pipe]);
  const locked = () =>
    existsSync(w.moat_home) && readdirSync(w.moat_home).some((name) => name.startsWith("import.lock."));
  while (!locked() && child.exitCode === null) await Bun.sleep(1);
  const second = await w.moat(["threads", "import", "--from", "claude", "--all"]);
  child.kill("SIGKILL");
  await child.exited;
  expect([second.exit, second.stderr]).toEqual([
    1,
    expect.stringContaining(`process ${child.pid} imports threads at present`),
  ]);
  // The lock of a process that is gone counts for nothing.
  expect((await w.moat(["threads", "import", "--from", "claude", "--all"])).exit).toBe(0);
});

test("what lies in a session's place and is none neither holds it up nor breaks it", async () => {
  await using w = await world([]);
  bring(w, "claude");
  const place = join(w.home, ".claude", "projects", "-home-ada-calc");
  const name = (n: number) => join(place, `${n}0000000-0000-4000-8000-000000000000.jsonl`);
  expect(Bun.spawnSync(["mkfifo", name(1)]).exitCode).toBe(0);
  mkdirSync(name(2));
  symlinkSync(name(2), name(3));
  symlinkSync(name(4), name(4));
  writeFileSync(name(5), "");
  writeFileSync(name(6), '{"type":"user","uuid":7}\n[1]\nnull\n"x"\n{"type":"user","uuid":"a","sessionId":1}\n');
  writeFileSync(
    name(7),
    `{"type":"user","uuid":"a","sessionId":"x","message":{"content":"${"x".repeat(50 * 1024 ** 2)}"}}\n`,
  );
  const all = await w.moat(["threads", "import", "--from", "claude", "--all"]);
  expect(all.stdout).toContain("f3153d0a-ef71-4db2-84b6-5dbe2f874ade imported, 3 turns");
  for (const n of [5, 6, 7])
    expect(all.stdout).toContain(`${name(n)}: not imported: it does not begin as a session of Claude Code does`);
  for (const n of [1, 2, 3, 4]) expect(all.stdout).not.toContain(name(n));
  expect(all.exit).toBe(1);
});

test("on a terminal it asks which session, of every agent or of one", async () => {
  await using w = await world([]);
  for (const [from] of HOMES) bring(w, from);
  await using t = pty(w, ["threads", "import", "--from", "pi"], { TERM: "xterm-256color" });
  await t.shows("Which session?");
  await t.shows("Look at everything");
  await t.answer("\r");
  await t.shows("01a22223-4170-73f8-b17a-5a51192e8a37 imported, 3 turns");
  expect(await t.exited).toBe(0);
  await using all = pty(w, ["threads", "import"], { TERM: "xterm-256color" });
  await all.shows("Which session?");
  await all.answer("\x1b");
  await all.shows("nothing was chosen");
  expect(await all.exited).toBe(1);
});
