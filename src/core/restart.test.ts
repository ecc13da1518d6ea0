// A question outlives the process that asked it, however that ends.
import { afterAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Decision, Event } from "../protocol/index.ts";
import { readThread } from "../session/index.ts";
import { call, respond, say, startModelServer, tempProject } from "../testkit/index.ts";

const project = tempProject({}, { git: true });
const kept = tempProject();
afterAll(() => {
  project.remove();
  kept.remove();
});
const HOST = join(import.meta.dir, "fixtures", "waiting-host.ts");

function start(url: string, file: string, answers: Decision[]) {
  const argv = [process.execPath, HOST, url, project.dir, file, JSON.stringify(answers)];
  const { PATH = "", HOME = "" } = process.env;
  // What a killed process leaves behind goes with the rest.
  return Bun.spawn(argv, { env: { PATH, HOME, TMPDIR: kept.dir }, stdin: "ignore", stdout: "pipe", stderr: "inherit" });
}

/** Events as they are printed. */
async function* events(child: ReturnType<typeof start>): AsyncGenerator<Event> {
  let rest = "";
  for await (const bytes of child.stdout) {
    const lines = (rest + Buffer.from(bytes).toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line);
  }
}

const EDIT: Decision = { type: "edited", command: "echo changed >> log" };
test.each<[string, Decision[], number]>([
  ["the first question", [], 1],
  ["the question about a changed command", [EDIT], 2],
])("killed while %s waits: it is asked again, and the command runs once", async (name, before, questions) => {
  const file = kept.path(`${name}.jsonl`);
  const log = `${name.replaceAll(" ", "-")}.log`;
  const run = call("exec_command", { cmd: `echo x >> ${log}`, login: false }, "c1");
  const server = await startModelServer([respond(run), respond(say("done"))]);
  const first = start(server.url, file, before);
  let asked = 0;
  for await (const event of events(first)) {
    if (event.type === "approval.requested" && ++asked === questions) first.kill("SIGKILL");
  }
  expect([await first.exited, first.signalCode, asked]).toEqual([137, "SIGKILL", questions]);
  expect(readThread(file).pending_approval?.call_id).toBe(questions === 1 ? "c1" : "c1:edited:1");
  expect(existsSync(project.path(log))).toBe(false);

  const seen: Event[] = [];
  for await (const event of events(start(server.url, file, [{ type: "approved" }]))) seen.push(event);
  const again = seen.flatMap((event) => (event.type === "approval.requested" ? [event.request] : []));
  expect(again).toMatchObject([{ call_id: "c1", effect: { command: `/bin/bash -c 'echo x >> ${log}'` } }]);
  expect(project.read(log)).toBe("x\n");
  expect(server.requests).toHaveLength(2);
  expect(server.requests[1]?.raw).toContain("Process exited with code 0");
  expect(readThread(file).pending_approval).toBeNull();
  server.stop();
});
