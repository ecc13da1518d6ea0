// Where the kernel cannot close a protected place, what a command did there is put back, and the thread asks from then on.
import { afterAll, describe, expect, test } from "bun:test";
import { openSandbox } from "../../sandbox/index.ts";
import { call, respond, say, tempProject } from "../../testkit/index.ts";
import { play, stage, turnOf } from "../harness.suite.ts";

const cache = tempProject();
afterAll(() => cache.remove());
const landlock = await openSandbox({ cache_dir: cache.path("bin"), force_tier: "landlock" }).catch(() => null);
const run = (cmd: string, id: string) => call("exec_command", { cmd, login: false }, id);

describe.skipIf(landlock === null)("a command that changed a protected place (landlock)", () => {
  const planted = "echo '[core] hooksPath = x' >> .git/config";

  async function after(first: string, approval_policy: "on-request" | "never") {
    if (!landlock) throw new Error("unreachable");
    using s = await stage([respond(run(first, "a")), respond(run("touch b", "b")), respond(say("ok"))], {
      settings: { approval_policy },
      services: { openSandbox: async () => landlock },
    });
    const { events, asked } = await play(s, [turnOf("go")], () => ({ type: "approved" }));
    const errors = events.flatMap((event) =>
      event.type === "item.completed" && event.item.type === "error" ? [event.item.message] : [],
    );
    const config = s.project.read(".git/config");
    return { errors, asked: asked.map(({ call_id }) => call_id), policy: s.thread.settings.approval_policy, config };
  }

  test("is told, and the next one that does more than read is asked about", async () => {
    const { errors, asked, policy, config } = await after(planted, "on-request");
    expect(errors).toEqual([
      expect.stringMatching(/\/\.git\/config is protected and changed while a command ran: it has been put back \(/),
    ]);
    expect(config).not.toContain("hooksPath");
    expect({ asked, policy }).toEqual({ asked: ["b"], policy: "untrusted" });
  });

  test("is told without a copy where there is nothing to keep", async () => {
    const { errors } = await after("rm .git/config", "never");
    expect(errors).toEqual([
      expect.stringMatching(/\/\.git\/config is protected and changed .*: it has been put back$/),
    ]);
  });

  test("is told with what git would have made of it, where that is known", async () => {
    const { errors } = await after("echo '$(x)' > .git/BISECT_NAMES", "never");
    const why = "git would run what it says: $(x)";
    expect(errors).toEqual(expect.arrayContaining([expect.stringMatching(/\/\.git\/BISECT_NAMES is protected/)]));
    expect(errors.filter((message) => message.endsWith(`; ${why}`))).toHaveLength(1);
  });

  test("one that changed nothing is trusted as before", async () => {
    expect(await after("touch a", "on-request")).toMatchObject({ errors: [], asked: [], policy: "on-request" });
  });

  test("where nobody is asked, nobody is asked after it", async () => {
    const { errors, asked, policy } = await after(planted, "never");
    expect({ errors: errors.length, asked, policy }).toEqual({ errors: 1, asked: [], policy: "never" });
  });
});
