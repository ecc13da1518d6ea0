// What no editor sends to `moat acp`: each is answered with an error of the protocol, and the next message as ever.
import { expect, test } from "bun:test";
import { respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";

type Answer = { id: unknown; error?: { code: number }; result?: object; method?: string };

const request = (id: number, method: string, params: object) => JSON.stringify({ jsonrpc: "2.0", id, method, params });
const HELLO = request(1, "initialize", { protocolVersion: 1 });

/** What comes of these lines, as soon as there are so many answers: each line of standard output is a message of the protocol. */
async function answers(w: TestWorld, lines: string[], expected: number, end = "\n"): Promise<Answer[]> {
  const child = w.start(["acp"], { stdin: "" });
  const stdin = child.stdin as Bun.FileSink;
  stdin.write(lines.join("\n") + end);
  await stdin.flush();
  if (end === "") await stdin.end();
  const all: Answer[] = [];
  let open = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream() as never)) {
    const parts = (open + String(chunk)).split("\n");
    open = parts.pop() ?? "";
    for (const message of parts.map((line) => JSON.parse(line) as Answer & { jsonrpc: string })) {
      expect(message.jsonrpc).toBe("2.0");
      if (message.method === undefined) all.push(message);
    }
    if (all.length >= expected) await stdin.end();
  }
  expect(open).toBe("");
  expect(await child.exited).toBe(0);
  return all;
}
const codes = (all: Answer[]) => all.map(({ id, error }) => [id, error?.code ?? "ok"]);

test("what is no message at all", async () => {
  await using w = await world([]);
  const lines = [
    "not json",
    '{"a":',
    "[]",
    "7",
    "null",
    '{"jsonrpc":"1.0"}',
    "",
    '{"jsonrpc":"2.0","id":{},"method":"x"}',
  ];
  expect(codes(await answers(w, [...lines, HELLO], 8))).toEqual([
    [null, -32700],
    [null, -32700],
    [null, -32600],
    [null, -32600],
    [null, -32600],
    [null, -32600],
    [null, -32600],
    [1, "ok"],
  ]);
});

test("a line that would fill the memory, and one that only nests", async () => {
  await using w = await world([]);
  const huge = `{"jsonrpc":"2.0","id":9,"method":"initialize","params":{"x":"${"x".repeat(33 * 1024 * 1024)}"}}`;
  const deep = `{"jsonrpc":"2.0","id":8,"method":"initialize","params":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
  const [long, nested, hello] = await answers(w, [huge, deep, HELLO], 3);
  expect(long).toMatchObject({ id: null, error: { code: -32600 } });
  expect(nested?.error).toBeDefined();
  expect(hello).toMatchObject({ id: 1, result: { protocolVersion: 1 } });
});

test("methods that are unknown, too early, or about what is not there", async () => {
  await using w = await world([respond(say("never"))]);
  const cwd = w.project.dir;
  const prompt = [{ type: "text", text: "x" }];
  const lines = [
    request(10, "session/new", { cwd, mcpServers: [] }),
    HELLO,
    request(11, "no/such/method", {}),
    request(12, "session/new", { cwd: 7 }),
    request(13, "session/new", { cwd: "not/absolute", mcpServers: [] }),
    request(14, "session/new", { cwd: "/proc/nowhere", mcpServers: [] }),
    request(15, "session/prompt", { sessionId: "none", prompt }),
    request(16, "session/load", { sessionId: "../../etc/passwd", cwd, mcpServers: [] }),
    request(17, "session/set_mode", { sessionId: "none", modeId: "auto" }),
    request(18, "session/delete", { sessionId: "none" }),
    JSON.stringify({ jsonrpc: "2.0", method: "session/cancel", params: { sessionId: "none" } }),
    JSON.stringify({ jsonrpc: "2.0", method: "session/cancel", params: 7 }),
    JSON.stringify({ jsonrpc: "2.0", id: 99, result: {} }),
  ];
  const all = Object.fromEntries(codes(await answers(w, lines, 10)));
  expect(all).toEqual({
    1: "ok",
    10: -32600,
    11: -32601,
    12: -32602,
    13: -32602,
    14: -32603,
    15: -32002,
    16: -32002,
    17: -32002,
    18: -32002,
  });
  expect(w.server.requests).toEqual([]);
});

test("an input that ends in the middle of a message", async () => {
  await using w = await world([]);
  expect(codes(await answers(w, ['{"jsonrpc":"2.0","id'], 1, ""))).toEqual([[null, -32700]]);
});
