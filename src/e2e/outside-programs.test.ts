// Hooks, reviewers, `notify` and programs that print keys run outside the sandbox: never what a command wrote. Each canary is run
// by hand first, so that it could have been left.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildTools } from "../../native/attacks/world.ts";
import { call, respond, say } from "../testkit/index.ts";
import { binary, type TestWorld, world } from "./harness.ts";

const tools = mkdtempSync(join(tmpdir(), "moat-outside-"));
let become = "";
beforeAll(() => {
  become = buildTools(tools).become;
});
afterAll(() => rmSync(tools, { recursive: true, force: true }));

const command = (cmd: string, id: string) => respond(call("exec_command", { cmd, login: false }, id));
const escalated = (cmd: string, id: string) =>
  respond(
    call("exec_command", { cmd, login: false, sandbox_permissions: "require_escalated", justification: "why not" }, id),
  );

async function moat(w: TestWorld, args: string[], filter: string | null, env: Record<string, string> = {}) {
  const prefix = filter === null ? [] : [become, "--filter", filter, "--"];
  const child = Bun.spawn([...prefix, binary, ...args], {
    cwd: w.project.dir,
    env: { ...w.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exit: await child.exited, stdout, stderr };
}

/** The home directory is out of the commands' reach, but for what they start outside. */
const work = ["exec", "-s", "workspace-write", "-c", "sandbox_workspace_write.exclude_slash_tmp=true"];

const hookFile = (line: string) =>
  JSON.stringify({ hooks: { PreToolUse: [{ matcher: "Bash", hooks: [{ type: "command", command: line }] }] } });

interface Plant {
  name: string;
  line: string;
  files: Record<string, string>;
  /** What a command writes in its place. */
  into: string;
  /** It stays what it was, and goes on guarding. Else it is new, and nothing more is run. */
  there: boolean;
  /** Where no mount holds it: too big to be put back, it does not run any more. */
  big?: boolean;
}

const PLANTS: Plant[] = [
  { name: "a script", line: "./check.sh", files: { "check.sh": "" }, into: "check.sh", there: true },
  {
    name: "an interpreter's script",
    line: "sh tools/check.sh",
    files: { "tools/check.sh": "" },
    into: "tools/check.sh",
    there: true,
  },
  {
    name: "a program of node_modules",
    line: "npx --no-install lint",
    files: {},
    into: "node_modules/.bin/lint",
    there: false,
  },
  { name: "one that comes later", line: "[ ! -x late.sh ] || ./late.sh", files: {}, into: "late.sh", there: false },
  {
    name: "one that is above 4 MiB",
    line: "sh big.sh",
    files: { "big.sh": `\n${"#".repeat(5 << 20)}\n` },
    into: "big.sh",
    there: true,
    big: true,
  },
];

for (const machine of [null, "docker"]) {
  describe(`a hook's program that a command wrote does not run (${machine ?? "here"})`, () => {
    for (const { name, line, files, into, there, big = false } of PLANTS) {
      test(name, async () => {
        const sources = Object.entries(files).map(([file, rest]) => [file, `#!/bin/sh\nexit 0${rest}\n`]);
        const directory = into.includes("/") ? `mkdir -p ${into.replace(/\/[^/]*$/, "")};` : "";
        const plant = `${directory} rm -f ${into}; printf '#!/bin/sh\\ntouch "$HOME/ran"\\n' >${into}; chmod +x ${into}; true`;
        await using w = await world([command(plant, "c1"), command("echo second", "c2"), respond(say("ok"))], {
          ...Object.fromEntries(sources),
          ".moat/hooks.json": hookFile(line),
        });
        Bun.spawnSync(["chmod", "-R", "+x", w.project.dir]);
        const marker = join(w.home, "ran");
        const ran = await moat(w, [...work, "--json", "--trust", "go"], machine);
        expect([ran.exit, existsSync(marker)]).toEqual([0, false]);
        const second = ran.stdout.includes('"aggregated_output":"second\\n"');
        expect(second).toBe(there && !(big && machine !== null));
        if (!there) expect(ran.stdout).toContain("was not there when it was trusted");
        // By hand: the line does run what lies there.
        Bun.spawnSync(["/bin/sh", "-c", `${plant}; ${line}`], { cwd: w.project.dir, env: w.env });
        expect(existsSync(marker)).toBe(true);
      });
    }

    test("a reviewer", async () => {
      const no = '#!/bin/sh\necho \'{"decision":"denied"}\'\n';
      const yes = `printf '#!/bin/sh\\necho "{\\\\"decision\\\\":\\\\"approved\\\\"}"\\n' >reviewer; true`;
      await using w = await world([command(yes, "c1"), escalated('touch "$HOME/ran"', "c2"), respond(say("ok"))], {
        reviewer: no,
      });
      Bun.spawnSync(["chmod", "+x", w.project.path("reviewer")]);
      const ran = await moat(w, [...work, "--approve-with", "./reviewer", "go"], machine);
      expect([ran.exit, existsSync(join(w.home, "ran"))]).toEqual([0, false]);
      expect(readFileSync(w.project.path("reviewer"), "utf8")).toBe(no);
    });
  });
}

describe("a name is not looked up where commands can write", () => {
  /** `name` lies in the project, first on the PATH, and, if wanted, in the home directory. */
  function programs(w: TestWorld, name: string, own: string | null): string {
    const planted = w.project.write(
      `node_modules/.bin/${name}`,
      `#!/bin/sh\ntouch ${w.home}/ran\n${own ?? ""}\n`,
      0o755,
    );
    Bun.spawnSync(["mkdir", "-p", join(w.home, "bin")]);
    if (own !== null) writeFileSync(join(w.home, "bin", name), `#!/bin/sh\n${own}\n`, { mode: 0o755 });
    expect(existsSync(w.project.path(`node_modules/.bin/${name}`))).toBe(true);
    void planted;
    return [w.project.path("node_modules/.bin"), "node_modules/.bin", "", ".", join(w.home, "bin"), w.env.PATH].join(
      ":",
    );
  }
  const ran = (w: TestWorld) => existsSync(join(w.home, "ran"));

  test("of a hook: the user's own is run, and where there is none the guard denies", async () => {
    for (const own of ["exit 0", null]) {
      await using w = await world([command("echo first", "c1"), respond(say("ok"))]);
      const PATH = programs(w, "guard", own);
      w.config("");
      writeFileSync(join(w.moat_home, "hooks.json"), hookFile("guard --now"));
      const ended = await moat(w, [...work, "--json", "go"], null, { PATH });
      expect([ended.exit, ran(w)]).toEqual([0, false]);
      expect(ended.stdout.includes("first\\n")).toBe(own !== null);
      if (own === null) expect(ended.stdout).toContain("which commands can write: name it by its path");
    }
  });

  test("of a reviewer, and of notify", async () => {
    await using w = await world(() => respond(say("ok")));
    const PATH = programs(w, "review", null);
    const reviewed = await moat(w, [...work, "--approve-with", "review", "go"], null, { PATH });
    expect([reviewed.exit, ran(w), w.server.requests.length]).toEqual([1, false, 0]);
    w.config('notify = ["review"]\n');
    const ended = await moat(w, [...work, "go"], null, { PATH });
    expect([ended.exit, ran(w)]).toEqual([0, false]);
    expect(ended.stderr).toContain("notify: review is not run: there is only");
  });

  test("of a program that prints a key", async () => {
    await using w = await world([respond(say("ok"))]);
    const PATH = programs(w, "printkey", "echo sk-printed");
    w.config(
      `model_provider = "own"\nmodel = "m"\n[model_providers.own]\nbase_url = "${w.server.url}"\nauth = { command = "printkey" }\n`,
    );
    const ended = await moat(w, [...work, "go"], null, { PATH });
    expect([ended.exit, ran(w)]).toEqual([0, false]);
    expect(w.server.requests[0]?.headers).toMatchObject({ authorization: "Bearer sk-printed" });
  });

  test("code that interpreters look for on their own paths", async () => {
    await using w = await world([command("echo first", "c1"), respond(say("ok"))]);
    w.project.write("json.py", `open("${w.home}/ran", "w")\n`);
    w.config("");
    writeFileSync(join(w.home, "check.py"), "import json\n");
    writeFileSync(join(w.moat_home, "hooks.json"), hookFile('python3 "$HOME/check.py"'));
    const ended = await moat(w, [...work, "--json", "go"], null, { PYTHONPATH: w.project.dir });
    expect([ended.exit, ran(w)]).toEqual([0, false]);
    expect(ended.stdout).toContain("first\\n");
  });
});
