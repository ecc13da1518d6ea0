// A run that was recorded runs again in a fresh process: no server, no tools, no waiting, the same events to the byte.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import type { RecordingEntry, RecordingHead } from "../cli/replay/recording.ts";
import {
  call,
  callCustom,
  chatEvents,
  createGate,
  type Reply,
  respond,
  responseEvents,
  say,
  think,
} from "../testkit/index.ts";
import { type JsonEvent, type TestWorld, world } from "./harness.ts";
import { serverEntry } from "./mcp-runs.ts";

const sha = (text: string) => new Bun.CryptoHasher("sha256").update(text).digest("hex");
const command = (cmd: string, id: string) => call("exec_command", { cmd, login: false }, id);
/** A proxy that is not there: whatever reached for the network would fail. */
const OFFLINE = {
  HTTP_PROXY: "http://127.0.0.1:9",
  HTTPS_PROXY: "http://127.0.0.1:9",
  OPENAI_API_KEY: "",
  OPENAI_BASE_URL: "",
};

/** What JSON Lines say beside the evidence, which is read from the disk and only there. */
const plain = (events: JsonEvent[]) => events.map(({ evidence: _, ...event }) => event);

async function record(w: TestWorld, args: string[] = [], env: Record<string, string> = {}) {
  return w.moat(["exec", "--json", "--record", "run.rec", "-s", "workspace-write", ...args, "do it"], { env });
}

/** The lines of the recording, of which the first is its head. */
function readRecordingOf(w: TestWorld): [RecordingHead, ...RecordingEntry[]] {
  const lines = w.project.read("run.rec").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line)) as [RecordingHead, ...RecordingEntry[]];
}

const replay = (w: TestWorld, args: string[] = []) => w.moat(["replay", "run.rec", ...args], { env: OFFLINE });

const patch = "*** Begin Patch\n*** Add File: made.txt\n+x\n*** End Patch\n";
const plan = call("update_plan", { plan: [{ step: "one", status: "completed" }] }, "p1");
const work: Reply[] = [
  respond(think("hm"), say("First ", "this."), command("echo ä >> ran; seq 3", "c1"), command("echo b", "c2")),
  [{ cut: "rst" }],
  { status: 429, headers: { "retry-after-ms": "30" }, body: { error: { message: "slow" } } },
  respond(plan, callCustom("apply_patch", patch, "c3")),
  [...respond(say("All"), command("false", "c4")).slice(0, 6)],
  respond(say("All "), command("false", "c4")),
  respond(say("done.")),
];

describe("moat replay", () => {
  test("gives the events of the run, the same to the byte each time, and touches nothing", async () => {
    await using w = await world(work);
    const first = await record(w);
    expect([first.exit, first.stderr]).toEqual([0, ""]);
    w.server.stop();
    w.project.write("ran", "");
    Bun.spawnSync(["rm", w.project.path("made.txt")]);
    const runs = [await replay(w), await replay(w)];
    for (const ran of runs) expect([ran.exit, ran.stderr]).toEqual([0, ""]);
    expect(plain(runs[0]?.events() ?? [])).toEqual(plain(first.events()) as never);
    expect(sha(runs[0]?.stdout ?? "")).toBe(sha(runs[1]?.stdout ?? "-"));
    expect(w.project.read("ran")).toBe("");
    expect(existsSync(w.project.path("made.txt"))).toBe(false);
    expect(w.server.requests).toHaveLength(work.length);
  });

  test("the recording is for the user alone and holds no key", async () => {
    await using w = await world([respond(say("ok"))]);
    await record(w, [], { OPENAI_API_KEY: "sk-secret-0123456789" });
    expect(statSync(w.project.path("run.rec")).mode & 0o777).toBe(0o600);
    const text = readFileSync(w.project.path("run.rec"), "utf8");
    expect(text).not.toContain("sk-secret");
    const [head, ...entries] = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(head).toMatchObject({ type: "recording", version: 1, settings: { model_provider: "openai" } });
    // A reader that has its answer may leave before the stream is over.
    const kinds = new Set(entries.map(({ type }) => (type === "cancel" ? "end" : type)));
    expect(kinds).toEqual(new Set(["op", "segment", "files", "request", "response", "chunk", "end"]));
  });

  test("--until stops after so many answers", async () => {
    await using w = await world(work);
    await record(w);
    const ran = await replay(w, ["--until", "1"]);
    expect(ran.exit).toBe(0);
    const types = ran.events().map(({ type }) => type);
    expect(types).toContain("item.completed");
    expect(types).not.toContain("stream.retrying");
    expect(types.at(-1)).not.toStartWith("turn.");
    expect((await replay(w, ["--until", "some"])).exit).toBe(2);
  });

  test("a compaction and a failure come again", async () => {
    await using w = await world([
      responseEvents([command("echo a", "c1")], { type: "completed", usage: { input: 9500 } }),
      respond(say("NOTES")),
      { status: 400, body: { error: { message: "no more" } } },
    ]);
    const first = await record(w, ["-c", "model_auto_compact_token_limit=9000"]);
    const again = await replay(w);
    expect(plain(again.events())).toEqual(plain(first.events()) as never);
    expect(again.events().map(({ type }) => type)).toEqual(
      expect.arrayContaining(["history.compacted", "turn.failed"]) as never,
    );
  });

  test("silence that was waited for costs no time when it is played", async () => {
    await using w = await world([[...respond(say("ha")).slice(0, 5), { wait: createGate() }], respond(say("whole"))]);
    const first = await record(w, [], { OPENAI_STREAM_IDLE_TIMEOUT_MS: "1000" });
    expect(plain((await replay(w)).events())).toEqual(plain(first.events()) as never);
    // The same with all times a hundred thousand times as long: nobody would wait for the end of that.
    const [head, ...entries] = readRecordingOf(w);
    const provider = { ...head.provider, stream_idle_timeout_ms: 100_000_000 };
    const later = entries.map((entry) => ({ ...entry, t: head.t + (entry.t - head.t) * 100_000 }));
    w.project.write("run.rec", [{ ...head, provider }, ...later].map((line) => `${JSON.stringify(line)}\n`).join(""));
    const again = (await replay(w)).events();
    expect(again.map(({ type }) => type)).toEqual(first.events().map(({ type }) => type));
    expect(JSON.stringify(again)).toContain("the server sent nothing for 100000 s");
  });

  test("an interrupt comes where it came", async () => {
    const gate = createGate();
    await using w = await world([
      respond(command("echo a", "c1")),
      [...respond(say("ha")).slice(0, 5), { wait: gate }],
    ]);
    const args = ["exec", "--json", "--json-deltas", "--record", "run.rec", "-s", "workspace-write", "do it"];
    const child = w.start(args);
    let stdout = "";
    for await (const bytes of child.stdout) {
      stdout += Buffer.from(bytes).toString();
      // All that was sent has come.
      if (stdout.includes('"delta":"ha"')) child.kill("SIGINT");
    }
    expect(await child.exited).toBe(130);
    const again = await replay(w, ["--json-deltas"]);
    expect(again.events().at(-1)?.type).toBe("turn.failed");
    const first = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(plain(again.events())).toEqual(plain(first) as never);
  });

  test("on another wire, with ids that moat makes up itself", async () => {
    const events = chatEvents([say("a"), command("echo a", "")], { type: "completed" });
    await using w = await world([events, chatEvents([say("b")], { type: "completed" })]);
    w.config(`[model_providers.mine]\nbase_url = "${w.server.url}"\nwire_api = "chat"\n`);
    const first = await record(w, ["-c", "model_provider=mine", "-m", "x"]);
    expect(first.exit).toBe(0);
    const again = await replay(w);
    expect([again.exit, again.stderr]).toEqual([0, ""]);
    expect(plain(again.events())).toEqual(plain(first.events()) as never);
  });

  test("a thread that goes on", async () => {
    await using w = await world([respond(say("one")), respond(say("two"))]);
    await w.moat(["exec", "hi"]);
    const first = await w.moat(["exec", "resume", "--last", "--json", "--record", "run.rec", "more"]);
    expect(first.exit).toBe(0);
    const again = await replay(w);
    expect([again.exit, again.stderr]).toEqual([0, ""]);
    expect(plain(again.events())).toEqual(plain(first.events()) as never);
  });

  test("what is no recording, and a place where none can be made", async () => {
    await using w = await world([]);
    w.project.write("run.rec", '{"type":"thread.started"}\n');
    expect(await replay(w)).toMatchObject({ exit: 1, stderr: expect.stringContaining("is no recording") });
    w.project.write("run.rec", '{"type":"recording","version":9}\n');
    expect(await replay(w)).toMatchObject({ exit: 1, stderr: expect.stringContaining("version 9") });
    expect((await w.moat(["replay"])).exit).toBe(2);
    expect(await w.moat(["exec", "--record", "/proc/x", "hi"])).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining("--record"),
    });
  });
});

test.each([
  ["when the model looks for tools", ""],
  ["before the model has said anything", "required = true\n"],
])("tools of a server that starts %s are part of it: another server, or none, plays the same", async (_, more) => {
  await using w = await world([
    respond(call("tool_search", { query: "" }, "c1")),
    respond(call("mcp__t__echo", { text: "hi" }, "c2")),
    respond(say("done")),
  ]);
  w.config(serverEntry("plain", more));
  const ran = await record(w);
  w.config("");
  const again = await replay(w);
  expect([again.exit, again.stderr]).toEqual([0, ""]);
  expect(plain(again.events())).toEqual(plain(ran.events()));
});
