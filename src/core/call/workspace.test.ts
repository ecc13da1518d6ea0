// Where the kernel does not hold a workspace in its place, a command may put a link there while others run.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, lstatSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSandbox } from "../../sandbox/index.ts";
import { call, respond, say, tempProject } from "../../testkit/index.ts";
import { play, stage, turnOf } from "../harness.suite.ts";

const outside = mkdtempSync("/var/tmp/moat-outside-");
afterAll(() => rmSync(outside, { recursive: true, force: true }));
const cache = tempProject();
afterAll(() => cache.remove());

const run = (cmd: string, id: string, more = {}) => call("exec_command", { cmd, login: false, ...more }, id);
const landlock = await openSandbox({ cache_dir: cache.path("bin"), force_tier: "landlock" }).catch(() => null);

describe.skipIf(landlock === null)("a workspace in a writable directory (landlock)", () => {
  test("a link in its place makes nothing else writable for a call that waited for an answer", async () => {
    if (!landlock) throw new Error("unreachable");
    const project = tempProject({}, { git: true });
    // It goes on in the directory that it was started in, wherever that is by then. When it has ended, the link is taken away.
    const wait = (name: string) => `until [ -e ${name} ]; do sleep 0.02; done`;
    const swap = `${wait("asked")}; mv ${project.dir} ${project.dir}.old && ln -s ${outside} ${project.dir}; ${wait("judged")}`;
    const ask = { workdir: "/", sandbox_permissions: "with_network", justification: "x" };
    using s = await stage(
      [respond(run(swap, "a"), run(`touch ${join(outside, "reached")}`, "b", ask)), respond(say("ok"))],
      {
        project,
        settings: {
          sandbox_workspace_write: {
            writable_roots: [],
            network_access: false,
            exclude_slash_tmp: false,
            exclude_tmpdir_env_var: true,
            hidden_paths: [],
          },
        },
        services: { openSandbox: async () => landlock },
      },
    );
    const { events, outputs } = await play(s, [turnOf("go")], ({ call_id }) => {
      project.write("asked", "");
      const answer = async () => {
        while (!lstatSync(project.dir, { throwIfNoEntry: false })?.isSymbolicLink()) await Bun.sleep(5);
        s.thread.submit({ type: "approval", call_id, decision: { type: "approved" } });
        // The call is refused before anything else has its turn; one that is not is given time to show it.
        for (let n = 0; n < 100 && !existsSync(join(outside, "reached")); n++) await Bun.sleep(5);
        writeFileSync(`${project.dir}.old/judged`, "");
      };
      void answer();
      return null;
    });
    rmSync(`${project.dir}.old`, { recursive: true, force: true });
    expect(existsSync(join(outside, "reached"))).toBe(false);
    expect([...outputs]).toEqual([]);
    const message = `${project.dir} led to ${project.dir} when the thread began and leads to ${outside} now`;
    expect(events.at(-1)).toMatchObject({
      type: "turn.failed",
      error: { kind: "sandbox_unavailable", message: expect.stringContaining(message) },
    });
  });
});
