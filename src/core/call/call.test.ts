// A call on its way: judged once, and run under what was judged.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import type { Sandbox, SandboxPolicy } from "../../sandbox/index.ts";
import { openSandbox, SandboxError } from "../../sandbox/index.ts";
import { call, callCustom, respond, say, tempProject } from "../../testkit/index.ts";
import { play, stage, turnOf } from "../harness.suite.ts";

const run = (cmd: string, id: string) => call("exec_command", { cmd, login: false }, id);

/** Settings that count how often they are resolved against the disk. */
function counted() {
  const seen = { times: 0 };
  const sandbox_workspace_write = {
    writable_roots: [],
    network_access: false,
    exclude_tmpdir_env_var: true,
    hidden_paths: [],
    get exclude_slash_tmp() {
      seen.times++;
      return true;
    },
  };
  return { seen, settings: { sandbox_workspace_write } };
}

describe("a permit is resolved against the disk once", () => {
  test.each([
    ["a command", run("true", "c"), 1],
    ["a patch", callCustom("apply_patch", "*** Begin Patch\n*** Add File: a\n+x\n*** End Patch", "c"), 1],
    ["a plan", call("update_plan", { plan: [{ step: "s", status: "pending" }] }, "c"), 1],
  ])("%s", async (_name, one, times) => {
    const { seen, settings } = counted();
    using set = await stage([respond(one), respond(say("done"))], { settings });
    await play(set, [turnOf("go")], () => null);
    expect(seen.times).toBe(times);
  });

  test("a command that gets more after a refusal: once for each", async () => {
    using out = tempProject();
    const { seen, settings } = counted();
    using set = await stage([respond(run(`touch ${out.path("a")}`, "c")), respond(say("done"))], { settings });
    await play(set, [turnOf("go")], () => ({ type: "approved" }));
    expect(existsSync(out.path("a"))).toBe(true);
    expect(seen.times).toBe(2);
  });
});

test("a command runs under the very policy that it was judged by, whatever appears meanwhile", async () => {
  const cache = tempProject();
  const ran: SandboxPolicy[] = [];
  const real = await openSandbox({ cache_dir: cache.path("bin") });
  // What a neighbour does between the decision and the start: `.cursor` is protected where it exists.
  const openLate = async (): Promise<Sandbox> => {
    set.project.write(".cursor/mcp.json", "{}");
    return {
      tier: real.tier,
      launch(argv, policy, ...rest) {
        ran.push(policy);
        return real.launch(argv, policy, ...rest);
      },
    };
  };
  using set = await stage([respond(run("true", "a")), respond(run("true", "b")), respond(say("done"))], {
    services: { openSandbox: openLate },
  });
  await play(set, [turnOf("go")], () => null);
  cache.remove();
  const knows = ran.map(({ protected: places }) => places.includes(set.project.path(".cursor")));
  expect(knows).toEqual([false, true]);
});

test("a call that the sandbox cannot start ends as one that did not run, and so does the turn", async () => {
  const none = async (): Promise<Sandbox> => ({
    tier: "none",
    launch() {
      throw new SandboxError("there is no sandbox here");
    },
  });
  using set = await stage([respond(run("touch made", "c"))], { services: { openSandbox: none } });
  const { events } = await play(set, [turnOf("go")], () => null);
  const items = events.flatMap((event) => (event.type === "item.completed" ? [event.item] : []));
  expect(items).toEqual([
    {
      id: "item_0",
      type: "command_execution",
      command: "/bin/bash -c 'touch made'",
      aggregated_output: "",
      exit_code: -1,
      status: "failed",
    },
  ]);
  expect(events.at(-1)).toMatchObject({ type: "turn.failed", error: { kind: "sandbox_unavailable" } });
  expect(existsSync(set.project.path("made"))).toBe(false);
});
