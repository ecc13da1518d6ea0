// MOAT_TRACE: what a run's time went into, as a Chrome trace. And the page of help that the build makes.
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { overview } from "../cli/help.ts";
import { commands } from "../cli/table.ts";
import { call, createGate, respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";

interface TraceEvent {
  name: string;
  ph: string;
  ts: number;
  dur: number;
  tid: number;
  args: { bytes?: number; open?: boolean };
}

/** Events as a viewer reads them: the closing bracket may be missing. */
function eventsOf(text: string): TraceEvent[] {
  return JSON.parse(text.trimEnd().endsWith("]") ? text : `${text.trimEnd().replace(/,$/, "")}]`);
}

const traceOf = (w: TestWorld) => w.project.path("trace.json");
const read = (w: TestWorld) => eventsOf(readFileSync(traceOf(w), "utf8"));
const env = (w: TestWorld) => ({ MOAT_TRACE: traceOf(w) });

function named(events: TraceEvent[], name: string): TraceEvent {
  const found = events.find((event) => event.name === name);
  if (!found) throw new Error(`no ${name} in ${events.map((event) => event.name).join(", ")}`);
  return found;
}
const end = ({ ts, dur }: TraceEvent) => ts + dur;
const holds = (outer: TraceEvent, inner: TraceEvent) => outer.ts <= inner.ts && end(inner) <= end(outer);

/** A name, a command, an answer and a key that must not be found in the file. */
const PRIVATE = ["tell-me-a-tale", "printf 'once-upon'", "once-upon", "the-moral", "sk-test"];

describe("MOAT_TRACE", () => {
  test("a run with a call: every part is there, inside what it is a part of, and nothing of what was said", async () => {
    const script = [respond(call("exec_command", { cmd: "printf 'once-upon'" }, "c1")), respond(say("the-moral"))];
    await using w = await world(script);
    expect((await w.moat(["exec", "tell-me-a-tale"], { env: env(w) })).exit).toBe(0);
    const text = readFileSync(traceOf(w), "utf8");
    const events: TraceEvent[] = JSON.parse(text);
    for (const secret of PRIVATE) expect(text).not.toContain(secret);
    expect(statSync(traceOf(w)).mode & 0o077).toBe(0);
    const order = ["start", "imports cli", "imports exec", "configuration", "imports responses", "request", "stream"];
    const starts = order.map((name) => named(events, name).ts);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    const made = named(events, "call exec_command");
    expect(holds(named(events, "open thread"), named(events, "configuration"))).toBe(true);
    expect(holds(made, named(events, "spawn")) && holds(made, named(events, "sandbox launch"))).toBe(true);
    expect(holds(named(events, "stream"), named(events, "first byte"))).toBe(true);
    for (const part of events.filter(({ name }) => name === "request" || name.startsWith("call ")))
      expect(holds(named(events, "turn"), part)).toBe(true);
    expect(events.filter(({ name }) => name === "request")).toHaveLength(2);
    expect(events.filter(({ name, args }) => name === "write" && (args.bytes ?? 0) > 0).length).toBeGreaterThan(3);
    expect(events.at(-1)?.name).toBe("end");
  });

  test("calls side by side lie in lanes: in none of them does one part cut another", async () => {
    const calls = ["c1", "c2", "c3"].map((id) => call("exec_command", { cmd: "ls" }, id));
    await using w = await world([respond(...calls), respond(say("ok"))]);
    await w.moat(["exec", "hi"], { env: env(w) });
    const spans = read(w).filter(({ ph }) => ph === "X");
    expect(spans.filter(({ name }) => name === "call exec_command")).toHaveLength(3);
    for (const one of spans)
      for (const other of spans)
        if (one.tid === other.tid && one.ts < other.ts && other.ts < end(one)) expect(holds(one, other)).toBe(true);
  });

  test("a killed run leaves what had ended, and one that is told to end says what was open", async () => {
    for (const [signal, unfinished] of [
      ["SIGKILL", undefined],
      ["SIGTERM", "turn"],
    ] as const) {
      const gate = createGate();
      await using w = await world([[{ wait: gate }, ...respond(say("late"))]]);
      const child = w.start(["exec", "hi"], { env: env(w) });
      await gate.reached;
      child.kill(signal);
      await child.exited;
      gate.open();
      const events = read(w);
      expect(named(events, "open thread").dur).toBeGreaterThan(0);
      if (unfinished) expect([named(events, unfinished).dur > 0, events.at(-1)?.name]).toEqual([true, "end"]);
      else expect(events.some(({ name }) => name === "turn" || name === "end")).toBe(false);
    }
  });

  test("a file that cannot be written is told, and the run goes on", async () => {
    await using w = await world([respond(say("done"))]);
    const { exit, stdout, stderr } = await w.moat(["exec", "hi"], { env: { MOAT_TRACE: "/proc/no/trace.json" } });
    expect([exit, stdout]).toEqual([0, "done\n"]);
    expect(stderr).toContain("moat: MOAT_TRACE /proc/no/trace.json: there is no such file; this run is not traced\n");
  });

  test("only the user's environment switches it on, and no command inherits it", async () => {
    const script = [respond(call("exec_command", { cmd: "env" }, "c1")), respond(say("ok"))];
    await using w = await world(script, { ".env": "MOAT_TRACE=project.json\n" });
    w.config("");
    writeFileSync(`${w.moat_home}/.env`, "MOAT_TRACE=home.json\n");
    await w.moat(["exec", "hi"]);
    expect(existsSync(w.project.path("project.json")) || existsSync(w.project.path("home.json"))).toBe(false);
    await using again = await world(script);
    const { stdout, stderr } = await again.moat(["exec", "hi"], { env: env(again) });
    expect(stdout + stderr).toContain("PATH=");
    expect(stdout + stderr).not.toContain("MOAT_TRACE");
    expect(readdirSync(again.project.dir)).toContain("trace.json");
  });
});

test("the page of help that the build made is the one of the table", async () => {
  await using w = await world([]);
  const version = (await w.moat(["--version"])).stdout.trim().replace("moat ", "");
  for (const words of [["--help"], ["-h"], ["help"]])
    expect(await w.moat(words)).toMatchObject({ exit: 0, stderr: "", stdout: overview(commands, version) });
});
