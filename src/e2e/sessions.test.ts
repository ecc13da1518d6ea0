// Commands that live, through the built binary: programs that ask, and nothing that survives the thread.
import { expect, test } from "bun:test";
import { call, responseEvents, say } from "../testkit/index.ts";
import { running, world } from "./harness.ts";

const complete = (...outputs: Parameters<typeof responseEvents>[0]) => responseEvents(outputs, { type: "completed" });
const exec = (cmd: string, args: object) => complete(call("exec_command", { cmd, login: false, ...args }, "a"));
const write = (args: object, id: string) => complete(call("write_stdin", { session_id: 1, ...args }, id));

test("a program that asks is talked to until it leaves", async () => {
  const long = { yield_time_ms: 30_000 };
  await using w = await world([
    exec("python3 -q -i", { tty: true, yield_time_ms: 500 }),
    write({ chars: "print(6 * 7); exit(5)\n", ...long }, "b"),
    complete(say("Done.")),
  ]);
  const ran = await w.moat(["exec", "--json", "-s", "workspace-write", "go"]);
  const items = ran.events().filter(({ type }) => type === "item.completed");
  expect(items.at(0)).toMatchObject({ item: { type: "command_execution", exit_code: 5 } });
  expect(w.server.requests[2]?.raw).toMatch(/exited with code 5[^"]*42/);
});

for (const how of ["SIGKILL", "SIGTERM", "the end of the run"] as const)
  test(`${how} leaves nothing of it`, async () => {
    const line = `sleep 88${process.pid}${how.length}`;
    await using w = await world([
      exec(`${line} & echo up; wait`, { yield_time_ms: 300 }),
      async () => {
        while (running(line).length === 0) await Bun.sleep(10);
        if (how !== "the end of the run") moat.kill(how);
        return complete(say("Done."));
      },
    ]);
    const moat = w.start(["exec", "--json", "-s", "workspace-write", "go"]);
    const [stdout] = await Promise.all([new Response(moat.stdout).text(), moat.exited]);
    expect(stdout).toContain("up");
    while (running(line).length > 0) await Bun.sleep(10);
  });
