// action.yml, its script and the recipes of docs/ci.md, as far as a shell can run them.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { callCustom, respond, say } from "../testkit/index.ts";
import { binary, type TestWorld, world } from "./harness.ts";

const root = join(import.meta.dir, "..", "..");
const action = Bun.YAML.parse(readFileSync(join(root, "action.yml"), "utf8")) as {
  inputs: Record<string, object>;
  runs: { steps: { run: string; env: Record<string, string> }[] };
};

/** A runner: the variables that GitHub sets, and where it looks for what a step wrote. */
function runner(w: TestWorld) {
  const temp = w.project.path(".git/runner");
  mkdirSync(temp, { recursive: true });
  const [output, path] = [join(temp, "output"), join(temp, "path")];
  for (const file of [output, path]) writeFileSync(file, "");
  const env = { ...w.env, RUNNER_TEMP: temp, GITHUB_OUTPUT: output, GITHUB_PATH: path };
  return {
    temp,
    output: () => readFileSync(output, "utf8"),
    path: () => readFileSync(path, "utf8").trim(),
    async step(name: string, more: Record<string, string>) {
      const child = Bun.spawn(["/bin/sh", join(root, "scripts", "action.sh"), name], {
        cwd: w.project.dir,
        env: { ...env, ...more },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      });
      const [stdout, stderr] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ]);
      return { exit: await child.exited, stdout, stderr };
    },
  };
}

describe("action.yml", () => {
  test("no input is put into the text of a script, and each one is used", () => {
    const text = JSON.stringify(action.runs);
    for (const { run } of action.runs.steps) expect(run).not.toContain("${{");
    for (const name of Object.keys(action.inputs)) expect(text).toContain(`inputs.${name}`);
  });

  test("run: outputs, the prompt as it is, the exit code", async () => {
    const patch = callCustom("apply_patch", "*** Begin Patch\n*** Add File: a.txt\n+x\n*** End Patch\n");
    await using w = await world([respond(patch), respond(say("Done.\nexit-code=0"))]);
    const r = runner(w);
    const prompt = `$(touch hacked) "quoted" * \`x\``;
    const ran = await r.step("run", {
      MOAT_BINARY: binary,
      MOAT_PROMPT: prompt,
      MOAT_SANDBOX: "workspace-write",
      MOAT_MODEL: "m1",
      MOAT_API_KEY: "sk-action",
      MOAT_EVIDENCE: "npm test",
      MOAT_ARGS: "--max-turns 5 -c model_reasoning_effort=low",
    });
    expect(ran.exit).toBe(7);
    expect(ran.stderr).toContain("required: npm test: missing");
    expect(w.server.requests[0]?.raw).toContain(JSON.stringify(prompt).slice(1, -1));
    expect(w.server.requests[0]?.headers.authorization).toBe("Bearer sk-action");
    expect(w.server.requests[0]?.body).toMatchObject({ model: "m1", reasoning: { effort: "low" } });
    expect(w.project.read("a.txt")).toBe("x\n");
    expect(await Bun.file(w.project.path("hacked")).exists()).toBe(false);
    expect(r.output()).toMatch(/^exit-code=7\nmessage<<([0-9a-f]{32})\nDone\.\nexit-code=0\n\1\n$/);

    w.project.write(".git/bin/gh", `#!/bin/sh\nprintf '%s\\n' "$@" > "$RUNNER_TEMP/gh"\n`, 0o755);
    const path = `${w.project.path(".git/bin")}:${w.env.PATH}`;
    const told = await r.step("comment", { PATH: path, MOAT_PULL_REQUEST: "7", MOAT_REPOSITORY: "o/r" });
    expect(told.exit).toBe(0);
    expect(readFileSync(join(r.temp, "gh"), "utf8")).toBe(
      `pr\ncomment\n7\n--repo\no/r\n--body-file\n${r.temp}/moat/comment\n`,
    );
    const comment = readFileSync(join(r.temp, "moat", "comment"), "utf8");
    for (const part of ["Done.", "exit code 7", "    evidence:", "a.txt sha256:"]) expect(comment).toContain(part);
  });

  test("run: a file with the prompt; without any, nothing is started", async () => {
    await using w = await world([respond(say("ok"))], { "task.md": "from the file" });
    const r = runner(w);
    const base = { MOAT_BINARY: binary, MOAT_SANDBOX: "read-only" };
    expect((await r.step("run", { ...base, MOAT_PROMPT_FILE: "task.md" })).exit).toBe(0);
    expect(w.server.requests[0]?.raw).toContain("from the file");
    expect(await r.step("run", base)).toMatchObject({ exit: 1, stderr: expect.stringContaining("give a prompt") });
  });

  test.if(Bun.which("curl") !== null)("install: the release of this machine, held against its checksums", async () => {
    await using w = await world([]);
    const r = runner(w);
    const name = `moat-${platform()}-${arch()}.tar.gz`;
    const www = w.project.path(".git/www");
    mkdirSync(www);
    w.project.write(".git/release/moat", "#!/bin/sh\necho moat 9.9.9\n", 0o755);
    expect(Bun.spawnSync(["tar", "-czf", join(www, name), "-C", w.project.path(".git/release"), "moat"]).exitCode).toBe(
      0,
    );
    const archive = readFileSync(join(www, name));
    const sums = new Bun.CryptoHasher("sha256").update(archive).digest("hex");
    writeFileSync(join(www, "SHA256SUMS"), `${"0".repeat(64)}  other.tar.gz\n${sums}  ${name}\n`);
    using server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch({ url }) {
        const { pathname } = new URL(url);
        const [, file] = pathname.match(/^\/releases\/(?:latest\/download|download\/v9\.9\.9)\/([^/]+)$/) ?? [];
        const there = file !== undefined && existsSync(join(www, file));
        return there ? new Response(Bun.file(join(www, file))) : new Response("none", { status: 404 });
      },
    });
    const from = { MOAT_RELEASES: `http://127.0.0.1:${server.port}/releases` };
    for (const MOAT_VERSION of ["latest", "v9.9.9"]) {
      const installed = await r.step("install", { ...from, MOAT_VERSION });
      expect(installed).toMatchObject({ exit: 0, stdout: "moat 9.9.9\n" });
    }
    expect(r.path().split("\n")[0]).toBe(join(r.temp, "moat", "bin"));
    const odd = await r.step("install", { ...from, MOAT_VERSION: "../../evil" });
    expect(odd).toMatchObject({ exit: 1, stderr: expect.stringContaining("use latest or vX.Y.Z") });
    writeFileSync(join(www, name), Buffer.concat([archive, Buffer.from("x")]));
    const changed = await r.step("install", { ...from, MOAT_VERSION: "latest" });
    expect(changed).toMatchObject({ exit: 1, stderr: expect.stringContaining("nothing was installed") });
  });
});

describe("docs/ci.md", () => {
  const blocks = [...readFileSync(join(root, "docs", "ci.md"), "utf8").matchAll(/```yaml\n([\s\S]*?)```/g)];
  const parsed = blocks.map(([, text = ""]) => Bun.YAML.parse(text) as Record<string, object>);

  test("workflows use inputs that there are", () => {
    const workflows = parsed.filter((document) => "jobs" in document);
    expect(workflows).toHaveLength(2);
    const jobs = workflows.flatMap(({ jobs }) => Object.values(jobs ?? {})) as {
      steps: { uses?: string; with?: object }[];
    }[];
    const uses = jobs.flatMap(({ steps }) => steps).filter((step) => step.uses?.startsWith("OWNER/moat@"));
    expect(uses).toHaveLength(2);
    for (const step of uses)
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
  });

  test("the script of the fleet's pod takes its own task and leaves patch, events and the exit code", async () => {
    const patch = callCustom("apply_patch", "*** Begin Patch\n*** Add File: a.txt\n+x\n*** End Patch\n");
    await using w = await world([respond(patch), respond(say("done"))], { "base.txt": "1\n" });
    for (const args of [
      ["add", "-A"],
      ["commit", "-qm", "base"],
    ])
      Bun.spawnSync(["git", ...args], { cwd: w.project.dir });
    const job = parsed.find(({ kind }) => String(kind) === "Job") as unknown as {
      spec: { template: { spec: { containers: { args: string[] }[] } } };
    };
    const [script = ""] = job.spec.template.spec.containers[0]?.args ?? [];
    mkdirSync(join(w.home, "results"));
    writeFileSync(join(w.home, "tasks"), "first task\nsecond task\n");
    mkdirSync(join(w.home, "bin"));
    Bun.spawnSync(["ln", "-s", binary, join(w.home, "bin", "moat")]);
    const local = script
      .replaceAll("/tasks/tasks", `${w.home}/tasks`)
      .replaceAll("/results", `${w.home}/results`)
      .replaceAll("/work/", `${w.home}/`);
    const child = Bun.spawn(["/bin/sh", "-euc", local], {
      cwd: w.home,
      env: {
        ...w.env,
        PATH: `${w.home}/bin:${w.env.PATH}`,
        JOB_COMPLETION_INDEX: "1",
        REPOSITORY: `file://${w.project.dir}`,
      },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    expect(await child.exited).toBe(7);
    expect(w.server.requests[0]?.raw).toContain("second task");
    expect(w.server.requests[0]?.raw).not.toContain("first task");
    expect(readFileSync(join(w.home, "results", "1.patch"), "utf8")).toContain("+++ b/a.txt");
    expect(readFileSync(join(w.home, "results", "1.jsonl"), "utf8")).toContain('"met":false');
  });

  test("the container file copies the binary and nothing else", () => {
    const lines = readFileSync(join(root, "Containerfile"), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines).toEqual(["FROM scratch", "COPY dist/moat /moat", 'ENTRYPOINT ["/moat"]']);
  });
});
