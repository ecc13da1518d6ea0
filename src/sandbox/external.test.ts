import { expect, test } from "bun:test";
import type { SandboxReport } from "../protocol/index.ts";
import { type Launch, SandboxError, type SandboxPolicy } from "./contract.ts";
import { externalSandbox } from "./external.ts";
import { shellLaunch } from "./shell-launch.ts";

const policy: SandboxPolicy = {
  mode: "external",
  writable: [],
  protected: [],
  hidden: [],
  net: "full",
  unix: "allow",
  require: [],
};

/** As src/process runs it: one pipe for output, descriptor 3 for the report. */
async function run(launch: Launch) {
  const child = Bun.spawn(launch.argv, { env: launch.env, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  const confirmed = launch.confirm(child.stdio[3] as unknown as number).catch((error: unknown) => error);
  const [report, output] = await Promise.all([confirmed, new Response(child.stdout).text()]);
  return { report, output, exit_code: await child.exited };
}

const env = { PATH: process.env.PATH ?? "" };

test("the command runs as it is, and the report claims nothing", async () => {
  const launch = externalSandbox().launch(
    ["sh", "-c", 'echo out; echo err >&2; echo "$1"; exit 7', "x", "a b'c"],
    policy,
    "/",
    env,
  );
  const { report, output, exit_code } = await run(launch);
  expect(report).toMatchObject({
    tier: "external",
    fs: "full",
    net: "full",
    carve: false,
    hidden: false,
    tree_kill: false,
  });
  expect(output).toBe("out\nerr\na b'c\n");
  expect(exit_code).toBe(7);
});

test("the report comes when the command starts, not when it ends, and its descriptor is closed", async () => {
  const launch = externalSandbox().launch(["sh", "-c", "echo x >&3 || echo closed; read line"], policy, "/", env);
  const child = Bun.spawn(launch.argv, { env, stdio: ["pipe", "pipe", "pipe", "pipe"] });
  await launch.confirm(child.stdio[3] as unknown as number);
  expect(child.exitCode).toBeNull();
  child.stdin.end();
  expect(await new Response(child.stdout).text()).toContain("closed");
});

test("a program that does not get to the command is an error, not an unconfined run", async () => {
  const real = externalSandbox().launch(["true"], policy, "/", env);
  const { report } = await run(real);
  const { report: error } = await run(shellLaunch(["/bin/false"], ["true"], env, report as SandboxReport));
  expect(error).toBeInstanceOf(SandboxError);
});

test("what it cannot enforce it refuses", () => {
  const sandbox = externalSandbox();
  expect(() => sandbox.launch(["true"], { ...policy, mode: "read-only" }, "/", env)).toThrow("read-only");
  expect(() => sandbox.launch(["true"], { ...policy, require: ["net"] }, "/", env)).toThrow('"net"');
});
