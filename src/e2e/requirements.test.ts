// The administrator's file, at its real place. Skipped where namespaces cannot be made.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { call, respond, say, tempProject } from "../testkit/index.ts";
import { canGovern, GOVERNED_FILE, governed, MOUNT, unshare } from "./governed.ts";
import { binary, type TestWorld, world } from "./harness.ts";

const FILE = GOVERNED_FILE;
const touch = () => [
  respond(call("exec_command", { cmd: "touch made; echo ended", login: false })),
  respond(say("done")),
];
const told = (w: TestWorld) => JSON.stringify(w.server.requests[0]?.body ?? null);

describe.skipIf(!canGovern)("rules of the administrator", () => {
  const everything = 'sandbox_mode = "danger-full-access"\n';
  const attempts: { what: string; args?: string[]; user?: string; profile?: string; project?: string }[] = [
    { what: "-s", args: ["-s", "danger-full-access"] },
    { what: "-c", args: ["-c", "sandbox_mode=danger-full-access"] },
    { what: "-c of the weaker mode", args: ["-c", 'sandbox_mode="workspace-write"'] },
    { what: "the flag that bypasses everything", args: ["--dangerously-bypass-approvals-and-sandbox"] },
    { what: "its older name", args: ["--dangerously-auto-approve-everything"] },
    { what: "--full-auto", args: ["--full-auto"] },
    { what: "--auto-edit", args: ["--auto-edit"] },
    { what: "--sandbox-policy", args: ["--sandbox-policy", "dangerous-no-restrictions"] },
    { what: "the user's file", user: everything },
    { what: "a profile", args: ["-p", "wild"], profile: everything },
    { what: "a project file that is trusted", args: ["--trust"], project: everything },
  ];
  for (const { what, args = [], user, profile, project } of attempts) {
    test(`${what} loses, and the rule is named`, async () => {
      await using w = await world(touch(), project === undefined ? {} : { ".moat/config.toml": project });
      w.config(user ?? "");
      if (profile !== undefined) await Bun.write(join(w.moat_home, "wild.config.toml"), profile);
      const ran = await governed(w, 'allowed_sandbox_modes = ["read-only"]\n', ["exec", ...args, "go"]);
      expect(ran.stderr).toMatch(/sandbox_mode = "[a-z-]+" is not allowed here/);
      expect(ran.stderr).toContain(`${FILE} says allowed_sandbox_modes = ["read-only"], so "read-only" is used`);
      expect(ran.exit).toBe(0);
      expect(existsSync(w.project.path("made"))).toBe(false);
      expect(told(w)).toContain("<sandbox>read-only");
    });
  }

  test("a thread goes on within the rules, whatever it had before", async () => {
    await using w = await world([respond(say("one")), ...touch()]);
    await w.moat(["exec", "-s", "danger-full-access", "go"]);
    const ran = await governed(w, 'allowed_sandbox_modes = ["read-only"]\n', ["exec", "resume", "--last", "go"]);
    expect([ran.exit, ran.stdout]).toEqual([0, "done\n"]);
    expect(existsSync(w.project.path("made"))).toBe(false);
  });

  test("the policy of exec itself is replaced by one that is allowed", async () => {
    await using w = await world(touch());
    const ran = await governed(w, 'allowed_approval_policies = ["untrusted"]\n', [
      "exec",
      "-s",
      "workspace-write",
      "go",
    ]);
    expect(ran.stderr).toContain('approval_policy = "never" is not allowed here');
    expect(ran.exit).toBe(0);
    expect(existsSync(w.project.path("made"))).toBe(false);
  });

  test("no network means none: not by a setting, not by a mode, not in moat sandbox", async () => {
    const rule = "allow_network_access = false\n";
    for (const args of [
      ["-s", "workspace-write", "-c", "sandbox_workspace_write.network_access=true"],
      ["-s", "danger-full-access"],
      ["--dangerously-bypass-approvals-and-sandbox"],
    ]) {
      await using w = await world([respond(say("done"))]);
      const ran = await governed(w, rule, ["exec", ...args, "go"]);
      expect(ran.exit).toBe(0);
      expect(ran.stderr).toContain(`${FILE} says allow_network_access = false`);
      expect(told(w)).toContain("<network>none");
    }
    await using w = await world([]);
    for (const flags of [["--net", "full"], ["--full-access"]]) {
      const ran = await governed(w, rule, ["sandbox", ...flags, "--", "sh", "-c", "echo $MOAT_SANDBOX_NETWORK"]);
      expect(ran.stderr).toContain(`${FILE} says`);
      expect(ran.stdout).toBe("none\n");
    }
  });

  test("no network means no socket of a program outside, whatever is allowed and asked for", async () => {
    using agent = tempProject();
    const socket = agent.path("agent");
    using _unix = Bun.serve({ unix: socket, fetch: () => new Response("here") });
    const cmd = `python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect("${socket}"); print("reached")'`;
    const run = async (rules: string) => {
      await using w = await world([respond(call("exec_command", { cmd, login: false })), respond(say("done"))]);
      w.config(`[sandbox_workspace_write]\nallow_sockets = [${JSON.stringify(socket)}]\n`);
      const ran = await governed(w, rules, ["exec", "--json", "-s", "workspace-write", "go"]);
      return ran.stdout.includes("reached\\n");
    };
    expect(await run("")).toBe(true);
    expect(await run("allow_network_access = false\n")).toBe(false);
  });

  describe("hosts and providers", () => {
    const hosts = 'allowed_hosts = ["api.example.com", "*.corp.example"]\n';
    const cases: { what: string; args?: string[]; user?: (url: string) => string; env?: Record<string, string> }[] = [
      { what: "OPENAI_BASE_URL" },
      { what: "-c openai_base_url", args: ["-c", "openai_base_url=http://127.0.0.1:9/v1"] },
      {
        what: "a provider of the user's file",
        user: (url) => `model = "m"\nmodel_provider = "x"\n[model_providers.x]\nbase_url = "${url}"\n`,
      },
      {
        what: "a built-in provider",
        args: ["-c", "model_provider=openrouter", "-m", "m"],
        env: { OPENROUTER_API_KEY: "k" },
      },
    ];
    for (const { what, args = [], user, env = {} } of cases) {
      test(`${what}: nothing is sent to a host that is not allowed`, async () => {
        await using w = await world([respond(say("caught"))]);
        w.config(user?.(w.server.url) ?? "");
        const ran = await governed(w, hosts, ["exec", ...args, "go"], { env });
        expect(ran.exit).toBeGreaterThan(0);
        expect(ran.stdout).toBe("");
        expect(ran.stderr).toContain(`${FILE} says allowed_hosts = ["api.example.com","*.corp.example"]`);
        expect(w.server.requests).toEqual([]);
      });
    }

    test("a server on this machine is not even asked where the rules do not allow it", async () => {
      // A network of its own, in which one of the usual ports is free.
      await using w = await world([]);
      const server =
        "Bun.serve({port: 11434, hostname: '127.0.0.1', fetch: () => { require('fs').writeFileSync(process.env.HOME + '/asked', ''); return Response.json({data: [{id: 'm'}]}) }})";
      const script = `ip link set lo up && (BUN_BE_BUN=1 "$0" -e "${server}" & pid=$!; until (: < /dev/tcp/127.0.0.1/11434) 2>/dev/null; do sleep 0.05; done; "$@"; code=$?; kill $pid; exit $code)`;
      const inside = [
        "unshare",
        ...(process.getuid?.() === 0 ? [] : ["-r"]),
        "-n",
        "bash",
        "-c",
        script,
        process.execPath,
      ];
      const { OPENAI_BASE_URL, OPENAI_API_KEY, OLLAMA_BASE_URL, ...env } = w.env;
      const run = async (rules: string) => {
        using etc = tempProject({ "moat/requirements.toml": rules });
        const command = [...inside, ...unshare, "sh", "-c", MOUNT, "sh", etc.dir, binary, "exec", "go"];
        const child = Bun.spawn(command, {
          cwd: w.project.dir,
          env,
          stdin: "ignore",
          stdout: "ignore",
          stderr: "pipe",
        });
        const stderr = await new Response(child.stderr).text();
        return { exit: await child.exited, stderr };
      };
      const refused = await run(hosts);
      expect(refused.stderr).toContain(`only where ${FILE} allows it: allowed_hosts = ["api.example.com"`);
      expect(refused.exit).toBe(1);
      const other = await run('allowed_model_providers = ["openai"]\n');
      expect(other.stderr).toContain('allowed_model_providers = ["openai"]');
      expect(existsSync(join(w.home, "asked"))).toBe(false);
      expect((await run('allowed_hosts = ["127.0.0.1"]\n')).stderr).not.toContain("allowed");
      expect(existsSync(join(w.home, "asked"))).toBe(true);
    });

    test("a provider that is not on the list", async () => {
      await using w = await world([respond(say("caught"))]);
      const ran = await governed(w, 'allowed_model_providers = ["azure"]\n', ["exec", "go"]);
      expect(ran.exit).toBe(1);
      expect(ran.stderr).toContain(`${FILE} says allowed_model_providers = ["azure"]`);
      expect(w.server.requests).toEqual([]);
    });

    test("an allowed host works", async () => {
      await using w = await world([respond(say("fine"))]);
      const ran = await governed(w, 'allowed_hosts = ["127.0.0.1"]\n', ["exec", "go"]);
      expect([ran.exit, ran.stdout, ran.stderr]).toEqual([0, "fine\n", expect.not.stringContaining("not allowed")]);
    });
  });

  test("hooks of projects, trusted or not", async () => {
    const hook = { type: "command", command: 'touch "$HOME/canary"' };
    const files = { ".moat/hooks.json": JSON.stringify({ hooks: { SessionStart: [{ hooks: [hook] }] } }) };
    await using w = await world([respond(say("done"))], files);
    const ran = await governed(w, "allow_project_hooks = false\n", ["exec", "--trust", "go"]);
    expect(ran.exit).toBe(0);
    expect(ran.stderr).toContain(`${FILE} says allow_project_hooks = false`);
    expect(existsSync(join(w.home, "canary"))).toBe(false);
  });

  test("a file with a mistake lets nothing start, and says where it is", async () => {
    for (const [rules, where] of [
      ["allowed_sandbox_modes = [", `${FILE}:`],
      ['allowed_sandbox_modes = ["readonly"]\n', `${FILE}:1:`],
      ['alowed_hosts = ["x"]\n', `${FILE}:1:1: unknown key "alowed_hosts"`],
    ] as const) {
      await using w = await world([respond(say("caught"))]);
      for (const args of [
        ["exec", "go"],
        ["config", "list"],
        ["sandbox", "--", "true"],
      ]) {
        const ran = await governed(w, rules, args);
        expect(ran.exit).toBeGreaterThan(0);
        expect(ran.stderr).toContain(where);
        expect(ran.stderr).toContain("ask the administrator");
      }
      expect(w.server.requests).toEqual([]);
    }
  });

  test("no variable leads to another file", async () => {
    await using w = await world(touch());
    const elsewhere = { MOAT_REQUIREMENTS: "/dev/null", MOAT_REQUIREMENTS_PATH: "/dev/null", XDG_CONFIG_DIRS: w.home };
    const ran = await governed(w, 'allowed_sandbox_modes = ["read-only"]\n', ["exec", "--full-auto", "go"], {
      env: elsewhere,
    });
    expect(ran.stderr).toContain('so "read-only" is used');
    expect(existsSync(w.project.path("made"))).toBe(false);
  });
});
