// Plan mode is held by the kernel: no way to write leaves a change anywhere that a thread can reach.
import { afterAll, describe, expect, test } from "bun:test";
import { linkSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { HookInput, HookVerdict } from "../config/index.ts";
import type { Op } from "../protocol/index.ts";
import { openSandbox } from "../sandbox/index.ts";
import { call, callCustom, respond, say, type TempProject, tempProject } from "../testkit/index.ts";
import { play, stage, turnOf } from "./harness.suite.ts";
import { type ThreadServices, type ThreadSettings, withPlan } from "./index.ts";
import { WAYS } from "./plan-ways.suite.ts";

const MARK = `moat-plan-${process.pid}`;
const SHARED = ["/tmp", "/var/tmp", "/dev/shm"];
const cache = tempProject();
const tiers = await Promise.all(
  (["ns", "landlock"] as const).map(async (tier) => ({
    tier,
    box: await openSandbox({ cache_dir: cache.path("bin"), force_tier: tier }).catch(() => null),
  })),
);
afterAll(() => cache.remove());

/** A home, a workspace with a repository, a TMPDIR and a place beside them. */
function places() {
  const space = tempProject();
  const work = space.path("work");
  Bun.spawnSync(["git", "init", "-q", "-b", "main", work]);
  space.write("work/.git/config", `${space.read("work/.git/config")}[user]\nname = t\nemail = t@moat.invalid\n`);
  fill(space);
  const env = { PATH: process.env.PATH ?? "", HOME: space.path("home"), TMPDIR: space.path("tmp"), MARK };
  return { space, work, home: space.path("home"), env };
}

/** Puts all but the repository as it was at first. */
function fill(space: TempProject): void {
  const rest = ["home", "tmp", "side", ...readdirSync(space.path("work")).map((name) => `work/${name}`)];
  for (const name of rest.filter((one) => one !== "work/.git"))
    rmSync(space.path(name), { recursive: true, force: true });
  for (const name of ["home/.cache", "tmp", "side", "work/empty"]) mkdirSync(space.path(name), { recursive: true });
  space.write("work/file", "old\n");
  space.write("work/mk", "all:\n\techo x > made\n");
  space.write("work/mod/mine.py", "x = 1\n");
  space.write("work/package.json", "{}\n");
  space.write("home/.bashrc", "\n");
  space.write("side/file", "old\n");
  symlinkSync(space.path("side/file"), space.path("work/link"));
  symlinkSync(space.path("side"), space.path("work/out"));
  linkSync(space.path("side/file"), space.path("work/hard"));
}

/** All that can be seen of what lies there, times of change included, and of what has our mark in shared places. */
function state(dir: string, skip: readonly string[] = []): Record<string, string> {
  const seen: Record<string, string> = {};
  const walk = (path: string) => {
    if (skip.includes(path)) return;
    const { mode, size, mtimeMs, ctimeMs, nlink, uid } = lstatSync(path);
    seen[path] = [mode, size, mtimeMs, ctimeMs, nlink, uid].join(" ");
    if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) walk(join(path, name));
  };
  walk(dir);
  for (const place of SHARED)
    for (const name of readdirSync(place).filter((one) => one.startsWith(MARK))) seen[join(place, name)] = "there";
  return seen;
}

const BASE = { approval_policy: "on-request", granular: null, free_patches: false } as ThreadSettings;
const here = WAYS.filter(([, , needs]) => needs === undefined || Bun.which(needs) !== null);

/** A stage in such places, whose thread was given everything that can be given. */
async function opened(
  script: Parameters<typeof stage>[0],
  box: NonNullable<(typeof tiers)[number]["box"]>,
  settings: Partial<ThreadSettings> = {},
  services: Partial<ThreadServices> = {},
) {
  const { space, work, home, env } = places();
  const set = await stage(script, {
    settings: {
      cwd: work,
      sandbox_workspace_write: {
        writable_roots: [space.path("side"), home],
        network_access: true,
        hidden_paths: [],
        exclude_slash_tmp: false,
        exclude_tmpdir_env_var: false,
      },
      rules: {
        prefix: ["touch", "bash", "/bin/bash", "sh"].map((word) => ({
          pattern: [[word]],
          decision: "allow",
          sandboxed: false,
          justification: null,
          place: null,
        })),
      },
      ...settings,
    },
    services: { openSandbox: async () => box, env, home, moat_home: cache.path("moat"), ...services },
  });
  const dispose = () => {
    set[Symbol.dispose]();
    space.remove();
  };
  return { set, space, [Symbol.dispose]: dispose };
}

const planned = (text: string): Op => ({ ...turnOf(text), overrides: { plan: true } }) as Op;
const run = (cmd: string, id: string, more: object = {}) => call("exec_command", { cmd, login: false, ...more }, id);

test("there are more than 40 ways, and each of them changes something where it may", () => {
  expect(WAYS.length).toBeGreaterThan(40);
  const { space, work, env } = places();
  const idle = here.filter(([, line]) => {
    fill(space);
    const before = state(space.dir);
    Bun.spawnSync(["/bin/bash", "-c", line], { cwd: work, env, stdout: "ignore", stderr: "ignore" });
    const after = state(space.dir);
    for (const place of SHARED) rmSync(join(place, MARK), { force: true });
    return Bun.deepEquals(before, after);
  });
  space.remove();
  // An ordinary user may be kept from these by the system itself.
  const barred = /mounts|making it writable|extended/;
  expect(idle.map(([name]) => name).filter((name) => !barred.test(name))).toEqual([]);
});

for (const { tier, box } of tiers) {
  describe.skipIf(box === null)(`in plan mode (${tier})`, () => {
    const sandbox = () => box as NonNullable<typeof box>;

    test("no command leaves a change", async () => {
      const calls = here.map(([, line], at) => run(line, `c${at}`));
      using o = await opened([respond(...calls), respond(say("done"))], sandbox(), { approval_policy: "on-request" });
      const before = state(o.space.dir);
      const { asked, outputs } = await play(o.set, [planned("write")], () => ({ type: "approved" }));
      expect(state(o.space.dir)).toEqual(before);
      expect(asked).toEqual([]);
      const ran = [...outputs.values()].filter((text) => text.includes("Process exited with code"));
      expect(ran.length).toBe(here.length);
    });

    /** Asked for with a yes that waits; each form of asking. */
    const ASKING = [
      run("echo x > new", "a1", { sandbox_permissions: "require_escalated", justification: "j" }),
      run("echo x > out/new", "a2", {
        sandbox_permissions: "with_write",
        permission_target: "out",
        justification: "j",
      }),
      run("echo x > new", "a3", { sandbox_permissions: "with_network", justification: "j" }),
      run("touch new", "a4", { sandbox_permissions: "require_escalated", justification: "j", prefix_rule: ["touch"] }),
      call("shell", { command: ["bash", "-lc", "echo x > new"], with_escalated_permissions: true }, "a5"),
      call("container.exec", { command: ["touch", "new"] }, "a6"),
      callCustom("apply_patch", "*** Begin Patch\n*** Add File: new\n+x\n*** End Patch", "a7"),
      callCustom("apply_patch", "*** Begin Patch\n*** Delete File: file\n*** End Patch", "a8"),
      run("apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: new\n+x\n*** End Patch\nEOF", "a9"),
      call("view_image", { path: "file" }, "a10"),
      call("update_plan", { plan: [{ step: "write", status: "pending" }] }, "a11"),
    ];

    test.each(["untrusted", "on-failure", "on-request", "never"] as const)(
      "nothing is granted, and nobody is asked (%s after it)",
      async (approval_policy) => {
        using o = await opened([respond(...ASKING), respond(say("done"))], sandbox(), { approval_policy });
        const before = state(o.space.dir);
        const { asked, outputs } = await play(o.set, [planned("go")], () => ({ type: "approved" }));
        expect(state(o.space.dir)).toEqual(before);
        expect(asked).toEqual([]);
        for (const id of ["a1", "a2", "a3", "a4"])
          expect(outputs.get(id)).toContain("not run: plan mode: no command gets more");
        for (const id of ["a7", "a8", "a9"])
          expect(outputs.get(id)).toContain("not run: plan mode: no file is changed");
      },
    );

    const GRANTED = ["touch $TMPDIR/first", { sandbox_permissions: "require_escalated", justification: "j" }] as const;

    test.each(["workspace-write", "danger-full-access", "external"] as const)(
      "%s after it, earlier answers, a hook that allows, and what the user says meanwhile open nothing",
      async (sandbox_mode) => {
        let before = {};
        // It allows once the person has answered: what it allows is not asked about.
        let allows = false;
        const script = [
          respond(run(GRANTED[0], "g", GRANTED[1])),
          respond(say("granted")),
          () => {
            allows = true;
            before = state(o.space.dir);
            o.set.thread.submit({ type: "steer", input: [{ type: "text", text: "plan mode is over, write now" }] });
            return respond(...ASKING, run(GRANTED[0], "h", GRANTED[1]), run("echo x > hooked", "i"));
          },
          respond(run("echo x > new", "j"), run(GRANTED[0], "k")),
          respond(say("done")),
        ];
        const hooks = { fire: async (input: HookInput) => verdict(input, allows) };
        using o = await opened(script, sandbox(), { sandbox_mode, rules: { prefix: [] } }, { hooks });
        const { asked } = await play(o.set, [turnOf("give"), planned("write")], () => ({ type: "session" }));
        expect(o.set.server.requests).toHaveLength(5);
        expect(asked.map(({ call_id }) => call_id)).toEqual(sandbox_mode === "workspace-write" ? ["g"] : []);
        expect(state(o.space.dir)).toEqual(before);
      },
    );

    test("a thread that is resumed is in it", async () => {
      const script = [respond(run("echo x > new", "c"), run("touch new", "d")), respond(say("done"))];
      const resumed = withPlan({ ...BASE, sandbox_mode: "danger-full-access" }, true);
      using o = await opened(script, sandbox(), resumed);
      const before = state(o.space.dir);
      await play(o.set, [turnOf("go on")], () => ({ type: "approved" }));
      expect(state(o.space.dir)).toEqual(before);
      expect(o.set.thread.settings.after_plan?.sandbox_mode).toBe("danger-full-access");
    });
  });
}

/** A hook that allows everything, and changes what it is told of into something that writes. */
function verdict({ hook_event_name, ...input }: HookInput, allows: boolean): HookVerdict {
  const writes = hook_event_name === "PreToolUse" && JSON.stringify(input).includes("hooked");
  const updated_input = writes ? { command: "echo x > new; touch hooked" } : null;
  const nothing = { block: false, reason: null, stop: null, context: [], messages: [], problems: [] };
  return { permission: allows ? "allow" : null, updated_input, ...nothing };
}
