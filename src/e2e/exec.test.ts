// `moat exec` as a user runs it: the built binary against a scripted model on the real wire, in the real sandbox.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { call, callCustom, createGate, respond, responseEvents, say, think } from "../testkit/index.ts";
import { binary, type JsonEvent, parseLines, running, world } from "./harness.ts";

const types = (events: JsonEvent[]) =>
  events.map(({ type, item }) => (item ? `${type} ${(item as unknown as { type: string }).type}` : type));
const closings = (events: JsonEvent[]) =>
  events.filter(({ type }) => type === "turn.completed" || type === "turn.failed");
const items = (events: JsonEvent[], type: string) =>
  events
    .filter((event) => event.type === "item.completed")
    .map(({ item }) => item as unknown as Record<string, unknown>)
    .filter((item) => item.type === type);
const command = (cmd: string, id = "call_1") => call("exec_command", { cmd, login: false }, id);

/** Texts of the outputs that the model was sent in a request. */
function outputs(body: unknown): string[] {
  const { input } = body as { input: { type: string; output?: string }[] };
  return input.filter(({ type }) => type.endsWith("_output")).map(({ output }) => output ?? "");
}

describe("moat exec --json", () => {
  test("a plain answer", async () => {
    await using w = await world([respond(think("hm"), say("Hello ", "there."))]);
    const ran = await w.moat(["exec", "--json", "hi"]);
    expect(ran.stderr).toBe("");
    expect(ran.exit).toBe(0);
    const events = ran.events();
    expect(types(events)).toEqual([
      "thread.started",
      "turn.started",
      "item.completed reasoning",
      "item.completed agent_message",
      "turn.completed",
    ]);
    expect(events[3]?.item).toEqual({ id: "item_1", type: "agent_message", text: "Hello there." } as never);
    expect(events.at(-1)?.usage).toEqual({
      input_tokens: 1000,
      cached_input_tokens: 600,
      cache_write_input_tokens: 0,
      output_tokens: 50,
      reasoning_output_tokens: 20,
    } as never);
  });

  test("a command, its output for the model, and one that fails", async () => {
    await using w = await world([
      respond(command("echo out; echo err >&2")),
      respond(command("exit 3", "call_2")),
      respond(say("ok")),
    ]);
    const ran = await w.moat(["exec", "--json", "run"]);
    expect(ran.exit).toBe(0);
    const [first, second] = items(ran.events(), "command_execution");
    expect(first).toMatchObject({
      command: "/bin/bash -c 'echo out; echo err >&2'",
      aggregated_output: "out\nerr\n",
      exit_code: 0,
      status: "completed",
    });
    expect(second).toMatchObject({ exit_code: 3, status: "failed" });
    const [output = ""] = outputs(w.server.requests[1]?.body);
    expect(output).toMatch(
      /^Chunk ID: [0-9a-f]{6}\nWall time: [0-9.]+ seconds\nProcess exited with code 0\nOriginal token count: 2\nOutput:\nout\nerr\n$/,
    );
  });

  test("output keeps its order, also through /dev/stdout and /dev/stderr", async () => {
    const cmd = "echo 1; echo 2 >&2; echo 3 > /dev/stdout; echo 4 > /dev/stderr; echo 5";
    await using w = await world([respond(command(cmd)), respond(say("ok"))]);
    const ran = await w.moat(["exec", "--json", "run"]);
    expect(items(ran.events(), "command_execution")[0]).toMatchObject({
      aggregated_output: "1\n2\n3\n4\n5\n",
      exit_code: 0,
    });
  });

  test("a patch", async () => {
    const patch = "*** Begin Patch\n*** Update File: a.txt\n@@\n-one\n+two\n*** Add File: b.txt\n+new\n*** End Patch\n";
    await using w = await world([respond(callCustom("apply_patch", patch)), respond(say("done"))], {
      "a.txt": "one\n",
    });
    const ran = await w.moat(["exec", "--json", "-s", "workspace-write", "patch"]);
    expect(ran.exit).toBe(0);
    expect(w.project.read("a.txt")).toBe("two\n");
    const [change] = items(ran.events(), "file_change");
    expect(change).toMatchObject({
      status: "completed",
      changes: [
        { kind: "update", path: w.project.path("a.txt") },
        { kind: "add", path: w.project.path("b.txt") },
      ],
    });
    expect(outputs(w.server.requests[1]?.body)[0]).toMatch(
      /^Exit code: 0\nWall time: [0-9.]+ seconds\nOutput:\nSuccess\. Updated the following files:\nA b\.txt\nM a\.txt\n/,
    );
  });

  test("a patch that does not fit changes nothing and is visible", async () => {
    const patch = "*** Begin Patch\n*** Update File: a.txt\n@@\n-three\n+two\n*** End Patch\n";
    await using w = await world([respond(callCustom("apply_patch", patch)), respond(say("sorry"))], {
      "a.txt": "one\n",
    });
    const ran = await w.moat(["exec", "--json", "-s", "workspace-write", "patch"]);
    expect(w.project.read("a.txt")).toBe("one\n");
    expect(items(ran.events(), "file_change")).toMatchObject([
      { status: "failed", error: { message: expect.stringContaining("a.txt") } },
    ]);
    expect(outputs(w.server.requests[1]?.body)[0]).toStartWith("apply_patch verification failed: ");
  });

  test("a patch in a read-only sandbox is declined", async () => {
    const patch = "*** Begin Patch\n*** Add File: b.txt\n+new\n*** End Patch\n";
    await using w = await world([respond(callCustom("apply_patch", patch)), respond(say("no"))]);
    const ran = await w.moat(["exec", "--json", "patch"]);
    expect(ran.exit).toBe(0);
    expect(existsSync(w.project.path("b.txt"))).toBe(false);
    expect(items(ran.events(), "file_change")).toMatchObject([{ status: "declined" }]);
  });

  test("a heredoc patch inside a shell command is applied by the patch engine", async () => {
    const cmd = "apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: b.txt\n+new\n*** End Patch\nEOF\n";
    await using w = await world([respond(command(cmd)), respond(say("done"))]);
    const ran = await w.moat(["exec", "--json", "-s", "workspace-write", "patch"]);
    expect(w.project.read("b.txt")).toBe("new\n");
    expect(types(ran.events())).toContain("item.completed file_change");
    expect(outputs(w.server.requests[1]?.body)[0]).toMatch(
      /^Chunk ID: [0-9a-f]{6}\nWall time: [0-9.]+ seconds\nOutput:\nSuccess/,
    );
  });

  test("the seed's shell tool under both names", async () => {
    const args = { command: ["/bin/sh", "-c", "echo hi"], workdir: "." };
    await using w = await world([
      respond(call("shell", args, "c1"), call("container.exec", args, "c2")),
      respond(say("ok")),
    ]);
    await w.moat(["exec", "--json", "run"]);
    const [first = "", second = ""] = outputs(w.server.requests[1]?.body);
    expect(JSON.parse(first)).toMatchObject({ output: "hi\n", metadata: { exit_code: 0 } });
    expect(JSON.parse(second)).toMatchObject({ output: "hi\n", metadata: { exit_code: 0 } });
  });

  test("unknown tools and malformed arguments are answered, and the turn goes on", async () => {
    await using w = await world([
      respond(call("nope", {}, "c1"), call("exec_command", "{bad", "c2"), call("exec_command", {}, "c3")),
      respond(say("ok")),
    ]);
    const ran = await w.moat(["exec", "--json", "run"]);
    expect(ran.exit).toBe(0);
    const [unknown, malformed, missing] = outputs(w.server.requests[1]?.body);
    expect(unknown).toBe("unsupported call: nope");
    expect(malformed).toStartWith("failed to parse function arguments: ");
    expect(missing).toContain("cmd");
  });

  test("two commands of one response run side by side", async () => {
    const cmd = (own: string, other: string) => `touch ${own}; until [ -e ${other} ]; do sleep 0.05; done`;
    await using w = await world([
      respond(command(cmd("a", "b"), "c1"), command(cmd("b", "a"), "c2")),
      respond(say("ok")),
    ]);
    const ran = await w.moat(["exec", "--json", "-s", "workspace-write", "run"]);
    expect(items(ran.events(), "command_execution").map(({ exit_code }) => exit_code)).toEqual([0, 0]);
  });

  test("the plan is one item: started, updated, completed as the turn ends", async () => {
    const plan = (status: string, id: string) => call("update_plan", { plan: [{ step: "look", status }] }, id);
    await using w = await world([
      respond(plan("in_progress", "c1")),
      respond(plan("completed", "c2")),
      respond(say("ok")),
    ]);
    const events = (await w.moat(["exec", "--json", "run"])).events();
    expect(types(events).filter((type) => type.endsWith("todo_list"))).toEqual([
      "item.started todo_list",
      "item.updated todo_list",
      "item.completed todo_list",
    ]);
    expect(types(events).at(-2)).toBe("item.completed todo_list");
    expect(outputs(w.server.requests[1]?.body)).toEqual(["Plan updated"]);
  });

  test("long output reaches the model as head and tail", async () => {
    await using w = await world([respond(command("yes 123456789 | head -n 20000")), respond(say("ok"))]);
    const ran = await w.moat(["exec", "--json", "run"]);
    const [output = ""] = outputs(w.server.requests[1]?.body);
    expect(output).toContain(
      "Warning: truncated output (original token count: 50000)\nTotal output lines: 20000\n\n123456789\n",
    );
    expect(output).toContain("…40000 tokens truncated…");
    expect(output.length).toBeLessThan(41_000);
    expect(String(items(ran.events(), "command_execution")[0]?.aggregated_output).length).toBe(200_000);
  });

  test("SIGINT ends the command, closes the turn once and exits with 130", async () => {
    const mark = process.pid;
    await using w = await world([respond(command(`touch started; sleep 100.${mark}`))]);
    const child = w.start(["exec", "--json", "-s", "workspace-write", "run"]);
    while (!existsSync(w.project.path("started"))) await Bun.sleep(10);
    child.kill("SIGINT");
    const [stdout, exit] = await Promise.all([new Response(child.stdout).text(), child.exited]);
    expect(exit).toBe(130);
    const events = parseLines(stdout);
    expect(closings(events)).toMatchObject([{ type: "turn.failed", error: { message: "interrupted" } }]);
    expect(items(events, "command_execution")).toMatchObject([{ status: "failed" }]);
    expect(running(`sleep 100.${mark}`)).toEqual([]);
  });

  test("SIGTERM while the model is silent exits with 143", async () => {
    const gate = createGate();
    await using w = await world([[{ wait: gate }]]);
    const child = w.start(["exec", "--json", "hi"]);
    await w.server.request(0);
    await gate.reached;
    child.kill("SIGTERM");
    const [stdout, exit] = await Promise.all([new Response(child.stdout).text(), child.exited]);
    expect(exit).toBe(143);
    expect(closings(parseLines(stdout))).toHaveLength(1);
  });

  test("a stream that breaks off is repeated; nothing of it is kept or run", async () => {
    const broken = responseEvents([say("half"), command("touch never")], { type: "none" });
    await using w = await world([broken, respond(say("whole"))]);
    const ran = await w.moat(["exec", "--json", "-s", "workspace-write", "hi"]);
    expect(ran.exit).toBe(0);
    const events = ran.events();
    expect(items(events, "agent_message")).toEqual([expect.objectContaining({ text: "whole" })]);
    expect(existsSync(w.project.path("never"))).toBe(false);
    expect(events.filter(({ type }) => type === "stream.retrying")).toHaveLength(1);
    expect(events.find(({ type }) => type === "error")?.message as unknown as string).toMatch(
      /^stream error: .*; retrying 1\/10 in \d+ms…$/,
    );
    expect(closings(events)).toHaveLength(1);
  });
});

describe("moat exec for people", () => {
  test("only the final message is on stdout", async () => {
    await using w = await world([respond(say("Looking."), command("echo hi")), respond(say("It says hi."))]);
    const ran = await w.moat(["exec", "what does it say?"]);
    expect(ran.stdout).toBe("It says hi.\n");
    expect(ran.stderr).toContain("$ echo hi\n  hi\n");
    expect(ran.stderr).toContain("Looking.");
    expect(ran.stderr).not.toContain("It says hi.");
    expect(ran.stderr).not.toContain("\x1b");
  });

  test("-o writes exactly the last message", async () => {
    await using w = await world([respond(say("exact"))]);
    await w.moat(["exec", "-o", "last.txt", "hi"]);
    expect(w.project.read("last.txt")).toBe("exact");
  });

  test("the prompt comes from stdin when it is - or absent", async () => {
    for (const args of [["exec", "-"], ["exec"]]) {
      await using w = await world([respond(say("ok"))]);
      const ran = await w.moat(args, { stdin: "from stdin" });
      expect(ran.exit).toBe(0);
      expect(w.server.requests[0]?.raw).toContain("from stdin");
    }
  });

  test("a prompt as argument never waits on an open stdin", async () => {
    await using w = await world([respond(say("ok"))]);
    const child = Bun.spawn([binary, "exec", "hi"], {
      cwd: w.project.dir,
      env: w.env,
      stdin: "pipe",
      stderr: "ignore",
    });
    expect(await child.exited).toBe(0);
    child.stdin.end();
  });
});
