import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { call, messagesEvents, type RecordedRequest, type Reply, respond, say } from "../../testkit/index.ts";
import { type HookAnswer, type HookCase, READ } from "./hook-cases.ts";

/** The `hooks` of a settings.json or a hooks.json. The hook keeps what it reads; the last time counts. */
export function hooksOf({ event, matcher, hook }: HookCase): object {
  const command = `cat >"$HOME/read"; ${hook}`;
  return { [event]: [{ ...(matcher === undefined ? {} : { matcher }), hooks: [{ type: "command", command }] }] };
}

/** The replies of a model that calls once, on the wire of its program. */
export function hookScript(one: HookCase, program: "claude" | "codex"): (request: RecordedRequest) => Reply {
  let turn = 0;
  const cmd = `touch "$HOME/ran"; ${one.command}`;
  return ({ path, body }) => {
    if (program === "codex")
      return respond(turn++ === 0 ? call("exec_command", { cmd, login: false }, "c") : say("over"));
    if (!path.endsWith("/messages")) return { status: 404, body: {} };
    // Claude Code also asks for names of sessions and the like, without tools.
    const tools = (body as { tools?: unknown[] }).tools?.length ?? 0;
    const output = tools > 0 && turn++ === 0 ? call("Bash", { command: cmd, description: "x" }, "c") : say("over");
    return messagesEvents([output], { type: "completed" });
  };
}

/** What came of it, read off the requests and what the hook and the command left in the home directory. */
export function hookAnswer(exit: number, home: string, requests: readonly RecordedRequest[]): HookAnswer {
  const asked = requests.filter(({ path, body }) => {
    if (path.endsWith("/responses")) return true;
    return path.endsWith("/messages") && ((body as { tools?: unknown[] }).tools?.length ?? 0) > 0;
  });
  const last = asked.at(-1)?.raw ?? "";
  const [seen, ran] = [join(home, "read"), join(home, "ran")];
  const input = existsSync(seen) ? (JSON.parse(readFileSync(seen, "utf8")) as Record<string, unknown>) : null;
  const read = input && Object.fromEntries(Object.entries(input).filter(([name]) => READ.includes(name)));
  const [told, output] = ["WORDS", "PRINTED"].map((word) => last.includes(word)) as [boolean, boolean];
  return { exit, requests: asked.length, ran: existsSync(ran), told, output, read };
}
