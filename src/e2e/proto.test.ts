// `moat proto` as a program drives it: ops in, events out.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { call, createGate, respond, say } from "../testkit/index.ts";
import { type JsonEvent, world } from "./harness.ts";
import { type ProtoEvent, startProto } from "./proto.ts";
import { pty } from "./pty.ts";

const command = (cmd: string, more: object = {}) => call("exec_command", { cmd, login: false, ...more }, "c1");
const outside = { sandbox_permissions: "require_escalated", justification: "to see" };
const turn = (text: string, more: object = {}) => ({ type: "user_turn", input: [{ type: "text", text }], ...more });
const lines = (...ops: unknown[]) => ops.map((op) => `${JSON.stringify(op)}\n`).join("");

describe("moat proto", () => {
  test("two turns and the end of the input; every event is there, in order", async () => {
    await using w = await world([respond(say("Hel", "lo")), respond(say("two"))]);
    const { child, stdin, tell, events } = startProto(w);
    tell(turn("first"));
    const seen: ProtoEvent[] = [];
    for await (const event of events()) {
      seen.push(event);
      if (event.type !== "turn.completed") continue;
      if (w.server.requests.length === 1) tell(turn("second", { overrides: { model: "m2" } }));
      else await stdin.end();
    }
    expect(await child.exited).toBe(0);
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index));
    expect(seen.filter(({ type }) => type === "item.delta").length).toBeGreaterThan(0);
    expect(w.server.requests[1]?.body).toMatchObject({ model: "m2" });
  });

  test("a turn that runs when the input ends is finished", async () => {
    await using w = await world([respond(say("done"))]);
    const ran = await w.moat(["proto"], { stdin: lines(turn("go")) });
    expect(ran.exit).toBe(0);
    expect(ran.stderr).toBe("");
    expect(ran.stdout).toContain('"type":"turn.completed"');
  });

  test("questions are answered by ops; nobody answers after the end of the input", async () => {
    const script = () => [respond(command("echo ran > out.txt", outside)), respond(say("ok"))];
    await using w = await world(script());
    const { child, tell, events } = startProto(w);
    tell(turn("go"));
    for await (const { type, request } of events()) {
      if (type === "approval.requested")
        tell({ type: "approval", call_id: request?.call_id, decision: { type: "approved" } });
      if (type === "turn.completed") tell({ type: "shutdown" });
    }
    expect(await child.exited).toBe(0);
    expect(w.project.read("out.txt")).toBe("ran\n");
    await using alone = await world(script());
    const ran = await alone.moat(["proto"], { stdin: lines(turn("go")) });
    expect(ran.stdout).toContain('"decision":{"type":"denied"');
    expect(existsSync(alone.project.path("out.txt"))).toBe(false);
  });

  test("what is no op is rejected with its line, and nothing else happens", async () => {
    await using w = await world([respond(say("ok"))]);
    const wrong = ["{bad\n", lines({ type: "dance" }, { type: "steer" }, turn("x", { typo: 1 }), null)].join("");
    const ran = await w.moat(["proto"], { stdin: `${wrong}\n${lines(turn("go"))}` });
    const rejected = ran.stdout
      .trimEnd()
      .split("\n")
      .map((line): JsonEvent => JSON.parse(line))
      .filter(({ type }) => type === "op.rejected");
    expect(rejected.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5] as never[]);
    expect(rejected[2]?.message as unknown as string).toContain("input");
    expect(ran.exit).toBe(0);
    expect(w.server.requests).toHaveLength(1);
  });

  test("an interrupt closes the turn; a failed turn is the exit code", async () => {
    const gate = createGate();
    await using w = await world([[{ head: true }, { wait: gate }]]);
    const { child, stdin, tell, events } = startProto(w);
    tell(turn("go"));
    await w.server.request(0);
    await gate.reached;
    tell({ type: "interrupt" });
    await stdin.end();
    const types: string[] = [];
    for await (const { type } of events()) types.push(type);
    expect(types.filter((type) => type.startsWith("turn."))).toEqual(["turn.started", "turn.failed"]);
    expect(await child.exited).toBe(1);
  });

  test("SIGTERM ends it with 143 and a closed turn", async () => {
    const gate = createGate();
    await using w = await world([[{ head: true }, { wait: gate }]]);
    const child = w.start(["p"], { stdin: "" });
    (child.stdin as Bun.FileSink).write(lines(turn("go")));
    await w.server.request(0);
    await gate.reached;
    child.kill("SIGTERM");
    const [stdout, exit] = await Promise.all([new Response(child.stdout).text(), child.exited]);
    expect(exit).toBe(143);
    expect(stdout).toContain('"type":"turn.failed"');
  });

  test("a terminal on standard input is refused", async () => {
    await using w = await world([]);
    await using t = pty(w, ["proto"]);
    expect(await t.exited).toBe(2);
    expect(t.text).toContain("moat repl");
  });
});
