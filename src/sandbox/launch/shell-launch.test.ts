import { expect, test } from "bun:test";
import type { SandboxReport } from "../../protocol/index.ts";
import { type Launch, SandboxError } from "../contract.ts";
import { shellLaunch } from "./shell-launch.ts";

// What macOS's sandbox-exec would be in front of, run here behind nothing or behind env(1).
const env = { PATH: process.env.PATH ?? "" };
const report = { tier: "seatbelt" } as SandboxReport;

/** As src/process runs it: one pipe for output, descriptor 3 for the report. */
async function run(launch: Launch) {
  const child = Bun.spawn(launch.argv, { env: launch.env, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  const confirmed = launch.confirm(child.stdio[3] as unknown as number).catch((error: unknown) => error);
  const [said, out, err] = await Promise.all([confirmed, child.stdout.text(), child.stderr.text()]);
  return { said, out, err, exit_code: await child.exited };
}

const script = 'echo out; echo err >&2; echo "$1"; exit 7';

test("the command gets its words and its exit code, and stderr joins stdout where that is asked for", async () => {
  const argv = ["sh", "-c", script, "x", "a b'c"];
  const merged = await run(shellLaunch([], argv, env, report, "merged"));
  expect(merged).toMatchObject({ said: report, out: "out\nerr\na b'c\n", err: "", exit_code: 7 });
  const separate = await run(shellLaunch(["/usr/bin/env"], argv, env, report, "separate"));
  expect(separate).toMatchObject({ said: report, out: "out\na b'c\n", err: "err\n", exit_code: 7 });
});

test("the report comes when the command starts, not when it ends, and its descriptor is closed", async () => {
  const launch = shellLaunch([], ["sh", "-c", "echo x >&3 || echo closed; read line"], env, report, "merged");
  const child = Bun.spawn(launch.argv, { env, stdio: ["pipe", "pipe", "pipe", "pipe"] });
  await launch.confirm(child.stdio[3] as unknown as number);
  expect(child.exitCode).toBeNull();
  child.stdin.end();
  expect(await child.stdout.text()).toContain("closed");
});

test("a program that does not get to the command is an error, not an unconfined run", async () => {
  const { said, out } = await run(shellLaunch(["/bin/false"], ["echo", "ran"], env, report, "merged"));
  expect(said).toBeInstanceOf(SandboxError);
  expect(out).toBe("");
});
