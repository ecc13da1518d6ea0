// Servers of tools that are dead, slow, loud, greedy or lie: bounded, and said.
import { describe, expect, test } from "bun:test";
import { call, respond, say } from "../testkit/index.ts";
import { world } from "./harness.ts";
import { afterFirst, callOutputs, sent, serverEntry, toolNames } from "./mcp-runs.ts";

describe("a server that", () => {
  test("is dead, hangs or is slow delays nothing, and a call says what is wrong with it", async () => {
    await using w = await world([respond(say("first"))]);
    const slow = "startup_timeout_sec = 600";
    w.config(
      serverEntry("dead", "", "a") +
        serverEntry("hang", slow, "b") +
        '[mcp_servers.c]\nurl = "http://127.0.0.1:1/"\n[mcp_servers.d]\ncommand = "/no/such/program"\n',
    );
    // Whoever waited for one of them would wait ten minutes.
    expect(await w.moat(["exec", "go"])).toMatchObject({ exit: 0, stdout: "first\n" });
  });

  test("does not start is told of where its tools are looked for", async () => {
    await using w = await world([respond(call("tool_search", { query: "" })), respond(say("ok"))]);
    w.config(
      `${serverEntry("dead", "", "a")}${serverEntry("hang", "startup_timeout_sec = 0.5", "b")}[mcp_servers.c]\nurl = "http://127.0.0.1:1/"\n[mcp_servers.d]\ncommand = "/no/such/program"\n[mcp_servers.e]\ncommand = "x"\nurl = "https://example.org/"\n`,
    );
    await w.moat(["exec", "go"]);
    const said = String(callOutputs(w)[0]);
    expect(said).toContain("the MCP server a: it ended with exit code 1");
    expect(said).toContain("the MCP server b: no answer after 0.5 s");
    expect(said).toContain("the MCP server c: it cannot be reached");
    expect(said).toContain("the MCP server d: it ended with exit code 127");
    expect(said).toContain("the MCP server e: it has a command and a url");
  });

  test("is required and does not start ends the run before anything is sent", async () => {
    await using w = await world([]);
    w.config(serverEntry("dead", "required = true"));
    const ran = await w.moat(["exec", "--json", "go"]);
    expect(ran.exit).toBe(1);
    expect(ran.stdout).toContain("it is required");
    expect(w.server.requests).toEqual([]);
  });

  test("crashes is started again for the next call", async () => {
    const { w, items } = await afterFirst(serverEntry(), [
      call("mcp__t__crash", {}),
      call("mcp__t__echo", { text: "again" }),
    ]);
    await using _ = w;
    expect(callOutputs(w)).toEqual(["the MCP server t: it ended with exit code 3", "echo: again"]);
    expect(items.map(({ status }) => status)).toEqual(["failed", "completed"]);
  });

  test("does not answer is given up after its time", async () => {
    const { w } = await afterFirst(serverEntry("plain", "tool_timeout_sec = 0.5"), [call("mcp__t__sleep", {})]);
    await using _ = w;
    expect(callOutputs(w)).toEqual(["the MCP server t: no answer after 0.5 s"]);
  });

  test("sends 50 MB is stopped, and that is said", async () => {
    const { w } = await afterFirst(serverEntry("huge"), [call("mcp__t__echo", { text: "x" })]);
    await using _ = w;
    expect(callOutputs(w)).toEqual(["the MCP server t: it sent a message of more than 10 MB, and was stopped"]);
  });

  test("nests its answer deeper than anybody could walk is stopped, and that is said", async () => {
    const { w } = await afterFirst(serverEntry("deep"), [call("mcp__t__echo", { text: "x" })]);
    await using _ = w;
    expect(callOutputs(w)).toEqual(["the MCP server t: it sent a message of more than 200 levels, and was stopped"]);
  });

  test("floods is stopped, and that is said", async () => {
    await using w = await world([respond(call("tool_search", { query: "" })), respond(say("ok"))]);
    w.config(serverEntry("flood", "startup_timeout_sec = 120"));
    await w.moat(["exec", "go"]);
    expect(String(callOutputs(w)[0])).toContain("it sent more than 64 MB that nobody had asked for, and was stopped");
  });

  test("prints text where messages belong works all the same", async () => {
    const { w } = await afterFirst(serverEntry("noise"), [call("mcp__t__echo", { text: "loud" })]);
    await using _ = w;
    expect(callOutputs(w)).toEqual(["echo: loud"]);
  });

  test("lies about its schemas offers only what a provider takes", async () => {
    const { w } = await afterFirst(serverEntry("liar"), [call("mcp__t__echo", { text: "x" })]);
    await using _ = w;
    const offered = sent(w, 2).tools.filter(({ name }) => name.startsWith("mcp__t__")) as unknown as {
      name: string;
      parameters: unknown;
    }[];
    const names = offered.map(({ name }) => name);
    for (const name of ["text", "list", "huge"]) expect(names).not.toContain(`mcp__t__${name}`);
    expect(offered.find(({ name }) => name === "mcp__t__odd")?.parameters).toEqual({
      type: "object",
      properties: { a: {}, b: {} },
    });
    expect(callOutputs(w)).toEqual(["echo: x"]);
  });

  test("changes its list has its new tool offered", async () => {
    // Its answers come in order: after the second echo, both of its lists have been read again.
    const echo = call("mcp__t__echo", { text: "x" });
    const { w } = await afterFirst(serverEntry(), [call("mcp__t__grow", {}), echo, echo]);
    await using _ = w;
    expect(toolNames(w, -1)).toContain("mcp__t__grown");
  });
});
