// A background process that was ended with its command, as the model is told of it.
import { expect, test } from "bun:test";
import { call, responseEvents, say } from "../testkit/index.ts";
import { world } from "./harness.ts";

const KEY = "sk-leftover-0123456789";
const complete = (...outputs: Parameters<typeof responseEvents>[0]) => responseEvents(outputs, { type: "completed" });
const executed = 'until [ "$(cat /proc/$!/comm)" = tail ]; do :; done';

for (const mode of ["danger-full-access", "workspace-write"])
  test(`${mode}: the model is told, without keys; the output is the command's own`, async () => {
    const cmd = `tail -f /dev/null ${KEY} & ${executed}; echo started`;
    await using w = await world([complete(call("exec_command", { cmd, login: false }, "c")), complete(say("Done."))]);
    const ran = await w.moat(["exec", "--json", "-s", mode, "go"], { env: { OPENAI_API_KEY: KEY } });
    expect(ran.exit).toBe(0);
    const told = w.server.requests[1]?.raw ?? "";
    expect(told).toMatch(/Still running, so ended with the command: tail -f [^"]*\[key\] \(pid \d+\)/);
    expect(ran.stdout).not.toContain("Still running");
    expect(ran.stdout).not.toContain(KEY);
  });
