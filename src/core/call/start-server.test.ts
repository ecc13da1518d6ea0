// What a server of tools may, beside the calls of its thread: less than they, never more.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { openSandbox, type Sandbox } from "../../sandbox/index.ts";
import { tempProject } from "../../testkit/index.ts";
import type { ServerProgram, ToolHost } from "../../tools/index.ts";
import { stage } from "../harness.suite.ts";
import { builtInTools } from "../index.ts";

const cache = tempProject();
afterAll(() => cache[Symbol.dispose]());
const open = (tier?: "landlock") =>
  openSandbox({ cache_dir: cache.path("bin"), ...(tier ? { force_tier: tier } : {}) }).catch(() => null);
const usual = await open();
const landlock = await open("landlock");

type Options = Parameters<typeof stage>[1];

/** Starts a shell as a server and gives what it printed, and whether it wrote into the workspace. */
async function serve(sandbox: Sandbox, more: Partial<ServerProgram> = {}, options: Options = {}) {
  let host: ToolHost | null = null;
  const tools = {
    ...builtInTools(),
    attach(own: ToolHost) {
      host = own;
    },
  };
  using set = await stage([], {
    ...options,
    services: { ...options?.services, openSandbox: async () => sandbox, tools },
  });
  const project = set.project;
  let printed = "";
  const started = await (host as ToolHost | null)?.start({
    argv: ["/bin/sh", "-c", "echo x > made || echo refused; env | cut -d= -f1 | sort | tr '\\n' ' '"],
    cwd: project.dir,
    env: {},
    network: false,
    confined: true,
    on_output(bytes) {
      printed += Buffer.from(bytes).toString();
      return null;
    },
    ...more,
  });
  if (!started?.ok) return { message: started?.message ?? "", printed, made: existsSync(project.path("made")) };
  await started.process.ended;
  return { message: null, printed, made: existsSync(project.path("made")) };
}

describe.skipIf(usual === null)("a server", () => {
  const sandbox = usual as Sandbox;

  test("writes where the thread may, and has nothing of its environment but what every program needs", async () => {
    const { made, printed } = await serve(sandbox, { env: { OWN: "1" } });
    expect(made).toBe(true);
    const names = printed.trim().split(" ");
    expect(names).toContain("OWN");
    // The shell sets the last three.
    for (const name of names)
      expect(["OWN", "PATH", "HOME", "LANG", "TERM", "TMPDIR", "PWD", "SHLVL", "_"]).toContain(name);
  });

  test.each([
    ["read-only", { sandbox_mode: "read-only" }],
    ["in plan mode", { sandbox_mode: "read-only", approval_policy: "never", after_plan: {} }],
  ])("of a thread that is %s writes nothing, also without its sandbox in plan mode", async (_, settings) => {
    const free = "after_plan" in settings;
    expect(await serve(sandbox, { confined: !free }, { settings: settings as never })).toMatchObject({ made: false });
  });

  test("stays confined where commands are not", async () => {
    const outside = tempProject();
    using _ = outside;
    const argv = ["/bin/sh", "-c", `echo x > ${outside.path("out")}`];
    await serve(sandbox, { argv }, { settings: { sandbox_mode: "danger-full-access" } });
    expect(existsSync(outside.path("out"))).toBe(false);
    await serve(sandbox, { argv, confined: false }, { settings: { sandbox_mode: "workspace-write" } });
    expect(existsSync(outside.path("out"))).toBe(true);
  });

  test("has no network where the administrator allows none, whatever its entry says", async () => {
    const services = {
      administrator: {
        restrict: (wanted: { sandbox_mode: string; approval_policy: string }) => ({ ...wanted, notes: [] }),
        no_network: "the file says so",
      },
    };
    expect(await serve(sandbox, { network: true }, { services: services as never })).toMatchObject({
      message: "not started: the file says so",
      made: false,
    });
  });
});

test.skipIf(landlock === null)("where nothing holds protected places while it runs, it only reads", async () => {
  const { message, made, printed } = await serve(landlock as Sandbox);
  expect({ message, made }).toEqual({ message: null, made: false });
  expect(printed).toContain("refused");
});
