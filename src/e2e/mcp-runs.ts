// Runs of the built program with a scripted server of tools (src/mcp/fixtures/server.ts).
import { join } from "node:path";
import { call, respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";

/** The scripted server. */
export const fixture = join(import.meta.dir, "..", "mcp", "fixtures", "server.ts");
/** A server of its own kind, under a name. */
export const serverEntry = (kind = "plain", more = "", name = "t") =>
  `[mcp_servers.${name}]\ncommand = ${JSON.stringify(process.execPath)}\nargs = ["--no-install", ${JSON.stringify(fixture)}, "${kind}"]\n${more}\n`;

interface Sent {
  tools: { name: string }[];
  input: { type: string; output?: unknown }[];
}
export const sent = (w: TestWorld, at = -1) => w.server.requests.at(at)?.body as unknown as Sent;
/** What the model was told by the calls, in their order. */
export const callOutputs = (w: TestWorld) =>
  sent(w)
    .input.filter(({ type }) => type === "function_call_output")
    .map(({ output }) => output);
export const toolNames = (w: TestWorld, at: number) => sent(w, at).tools.map(({ name }) => name);

type Call = ReturnType<typeof call>;
/** A run that looks the server's tools up, and one with these calls. */
export async function afterFirst(config: string, calls: Call[], args: string[] = []) {
  const w = await world([
    respond(call("tool_search", { query: "" })),
    respond(say("known")),
    ...calls.map((one) => respond(one)),
    respond(say("done")),
  ]);
  w.config(config);
  await w.moat(["exec", "go"]);
  const ran = await w.moat(["exec", "--json", ...args, "go"]);
  const items = ran
    .events()
    .filter(({ type }) => type === "item.completed")
    .map(({ item }) => item as unknown as Record<string, unknown>)
    .filter(({ type }) => type !== "agent_message");
  return { w, ran, items };
}
