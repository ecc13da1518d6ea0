// The flags of `moat exec`, on both sides of its subcommands, and what it takes from standard input.
import { describe, expect, test } from "bun:test";
import { PIXEL_PNG, respond, say } from "../testkit/index.ts";
import { binary, world } from "./harness.ts";
import { scenarios } from "./scenario.ts";

const ok = () => [respond(say("ok"))];

describe("what the model is asked", () => {
  scenarios([
    { name: "the alias e", script: ok(), args: ["e", "hi"], stdout: "ok\n", told: ["hi"] },
    { name: "a prompt after --", script: ok(), args: ["exec", "--", "resume"], told: ["resume"] },
    { name: "-m", script: ok(), args: ["exec", "-m", "m1", "hi"], told: ["m1"] },
    { name: "flags after the prompt", script: ok(), args: ["exec", "hi", "-m", "m2"], told: ["m2"] },
    { name: "flags before the command", script: ok(), args: ["--model=m3", "exec", "hi"], told: ["m3"] },
    {
      name: "-c wins over the file, the last -c over the first",
      script: ok(),
      config: 'model_reasoning_effort = "low"\n',
      args: ["exec", "-c", "model_reasoning_effort=medium", "-c", 'model_reasoning_effort="high"', "hi"],
      check: (w) => expect(w.server.requests[0]?.body).toMatchObject({ reasoning: { effort: "high" } }),
    },
    {
      name: "--ignore-user-config",
      script: ok(),
      config: 'developer_instructions = "from the file"\n',
      args: ["exec", "--ignore-user-config", "hi"],
      untold: ["from the file"],
    },
    {
      name: "-p lays a profile over the file",
      script: ok(),
      config: 'developer_instructions = "from the file"\n',
      before: (w) => Bun.write(`${w.moat_home}/quick.config.toml`, 'developer_instructions = "quick"\n').then(() => {}),
      args: ["exec", "-p", "quick", "hi"],
      told: ["quick"],
      untold: ["from the file"],
    },
    {
      name: "read-only is the default",
      script: ok(),
      args: ["exec", "hi"],
      told: ["<sandbox>read-only", "never: nobody"],
    },
    { name: "-s", script: ok(), args: ["exec", "-s", "workspace-write", "hi"], told: ["<sandbox>workspace-write"] },
    {
      name: "--full-auto",
      script: ok(),
      args: ["exec", "--full-auto", "hi"],
      told: ["<sandbox>workspace-write", "never: nobody"],
    },
    {
      name: "--dangerously-bypass-approvals-and-sandbox",
      script: ok(),
      args: ["exec", "--dangerously-bypass-approvals-and-sandbox", "hi"],
      told: ["<sandbox>danger-full-access"],
    },
    {
      name: "--full-auto wins over it",
      script: ok(),
      args: ["exec", "--dangerously-bypass-approvals-and-sandbox", "--full-auto", "hi"],
      told: ["<sandbox>workspace-write"],
    },
    {
      name: "approval_policy on-request is never in a headless run",
      script: ok(),
      args: ["exec", "-c", "approval_policy=on-request", "hi"],
      told: ["never: nobody"],
    },
    {
      name: "untrusted stays as narrow as it is",
      script: ok(),
      args: ["exec", "-c", "approval_policy=untrusted", "hi"],
      told: ["<approvals>untrusted"],
    },
    {
      name: "--flex-mode",
      script: ok(),
      args: ["exec", "--flex-mode", "hi"],
      check: (w) => expect(w.server.requests[0]?.body).toMatchObject({ service_tier: "flex" }),
    },
    {
      name: "--full-context gives the files of the project, without those that git ignores",
      script: ok(),
      files: { "a.ts": "const a = 1;\n", "b.bin": "\0", ".gitignore": "secret\n", secret: "do not tell" },
      args: ["exec", "-f", "hi"],
      told: ['<file path="a.ts">\nconst a = 1;\n</file>', "hi"],
      untold: ["do not tell", "b.bin"],
    },
    {
      name: "flags of the SDK are accepted",
      script: ok(),
      args: ["exec", "--thread-source", "user", "--cyber-access-program", "x", "hi"],
      stdout: "ok\n",
    },
    {
      name: "--approve-for-me is refused with a reason",
      script: [],
      args: ["exec", "--approve-for-me", "hi"],
      exit: 2,
      stderr: ["--approve-for-me"],
    },
    {
      name: "a flag of another command",
      script: [],
      args: ["exec", "--net", "full", "hi"],
      exit: 2,
      stderr: ["--net"],
    },
    { name: "--color always paints", script: ok(), args: ["exec", "--color", "always", "hi"], stderr: ["\x1b["] },
    {
      name: "-q is --json",
      script: ok(),
      args: ["exec", "-q", "hi"],
      check: (_, ran) => expect(ran.events().length).toBe(4),
    },
    {
      name: "-q with PRETTY_PRINT is text",
      script: ok(),
      args: ["exec", "-q", "hi"],
      run: { env: { PRETTY_PRINT: "1" } },
      stdout: "ok\n",
    },
    {
      name: "--ephemeral leaves no record",
      script: ok(),
      args: ["exec", "--ephemeral", "hi"],
      check: async (w) => expect(await Bun.file(`${w.moat_home}/threads`).exists()).toBe(false),
    },
    {
      name: "-o in the directory that moat was started in",
      script: ok(),
      files: { "sub/x": "" },
      args: ["exec", "-C", "sub", "-o", "last", "hi"],
      after: { last: "ok", "sub/last": null },
    },
    { name: "-C", script: ok(), files: { "sub/x": "" }, args: ["exec", "-C", "sub", "hi"], told: ["/sub</cwd>"] },
    { name: "-C that is not there", script: [], args: ["exec", "-C", "gone", "hi"], exit: 1, stderr: ["gone"] },
  ]);
});

describe("images", () => {
  scenarios([
    {
      name: "one",
      script: ok(),
      files: { "a.png": PIXEL_PNG },
      args: ["exec", "-i", "a.png", "hi"],
      told: ["a.png"],
      check: (w) => expect(w.server.requests[0]?.raw).toContain("data:image/png;base64,"),
    },
    {
      name: "several with commas, and repeated",
      script: ok(),
      files: { "a.png": PIXEL_PNG, "b.jpg": PIXEL_PNG, "c.webp": PIXEL_PNG },
      args: ["exec", "-i", "a.png,b.jpg", "--image", "c.webp", "hi"],
      told: ["[Image #1]", "[Image #2]", "[Image #3]"],
      check: (w) => expect(w.server.requests[0]?.raw.match(/data:image\/(png|jpeg|webp);/g)).toHaveLength(3),
    },
    {
      name: "a comma in a name",
      script: ok(),
      files: { "a,b.png": PIXEL_PNG },
      args: ["exec", "-i", "a,b.png", "hi"],
      told: ["a,b.png", "[Image #1]"],
      untold: ["[Image #2]"],
    },
    {
      name: "one that is not there is found before the model is asked",
      script: ok(),
      args: ["exec", "--json", "-i", "gone.png", "hi"],
      exit: 1,
      requests: 0,
      last: { type: "error" },
    },
    {
      name: "an image after the subcommand, the prompt on stdin",
      script: ok(),
      files: { "a.png": PIXEL_PNG },
      args: ["exec", "--json", "--image", "a.png"],
      run: { stdin: "look" },
      told: ["look", "[Image #1]"],
    },
  ]);
});

describe("standard input", () => {
  scenarios([
    {
      name: "beside a prompt it is added as a block",
      script: ok(),
      args: ["exec", "explain"],
      run: { stdin: "line 1\nline 2" },
      told: ["explain\n\n<stdin>\nline 1\nline 2\n</stdin>"],
    },
    {
      name: "empty beside a prompt: nothing is added",
      script: ok(),
      args: ["exec", "explain"],
      run: { stdin: "" },
      untold: ["<stdin>"],
    },
    {
      name: "- reads it alone",
      script: ok(),
      args: ["exec", "-"],
      run: { stdin: "only this" },
      told: ["only this"],
      untold: ["<stdin>"],
    },
    {
      name: "bytes that are no text beside a prompt",
      script: [],
      args: ["exec", "hi"],
      run: { stdin: new Uint8Array([0xff, 0xfe]) },
      exit: 2,
      stderr: ["UTF-8"],
      requests: 0,
    },
    {
      name: "a warning on stderr leaves stdout pure",
      script: ok(),
      config: 'modle = "x"\n',
      args: ["exec", "--json", "hi"],
      stderr: ["modle"],
      types: ["thread.started", "turn.started", "item.completed agent_message", "turn.completed"],
    },
  ]);

  test("a pipe that stays open and silent holds nothing up, and it is said", async () => {
    await using w = await world(ok());
    const child = Bun.spawn([binary, "exec", "hi"], {
      cwd: w.project.dir,
      env: w.env,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await child.exited).toBe(0);
    expect(await new Response(child.stderr).text()).toContain("was not read");
    child.stdin.end();
  });

  test("a slow program of the same pipeline is waited for", async () => {
    await using w = await world(ok());
    const script = `(sleep 0.5; echo late) | ${binary} exec hi`;
    const child = Bun.spawn(["/bin/sh", "-c", script], {
      cwd: w.project.dir,
      env: w.env,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    expect(await new Response(child.stderr).text()).not.toContain("was not read");
    expect(w.server.requests[0]?.raw).toContain("<stdin>\\nlate\\n</stdin>");
  });

  test("a file is read whole", async () => {
    await using w = await world(ok(), { "in.txt": "from a file\n" });
    const child = Bun.spawn([binary, "exec", "hi"], {
      cwd: w.project.dir,
      env: w.env,
      stdin: Bun.file(w.project.path("in.txt")),
      stdout: "ignore",
      stderr: "ignore",
    });
    expect(await child.exited).toBe(0);
    expect(w.server.requests[0]?.raw).toContain("<stdin>\\nfrom a file\\n</stdin>");
  });
});

describe("what is printed for tools", () => {
  test("the schema of events has every public type; a shell without a script, and an unknown schema, are usage", async () => {
    await using w = await world([]);
    const schema = JSON.parse((await w.moat(["schema", "events"])).stdout);
    expect(JSON.stringify(schema)).toContain('"turn.completed"');
    expect(JSON.parse((await w.moat(["schema", "rollout"])).stdout).$defs).toHaveProperty("HistoryItem");
    expect(JSON.parse((await w.moat(["schema", "config"])).stdout).properties).toHaveProperty("model");
    expect(JSON.stringify(JSON.parse((await w.moat(["schema", "ops"])).stdout))).toContain('"user_turn"');
    for (const args of [["schema"], ["schema", "toml"], ["completion", "csh"]])
      expect((await w.moat(args)).exit).toBe(2);
  });

  test("completion and the manual page", async () => {
    await using w = await world([]);
    for (const shell of ["bash", "zsh", "fish", "powershell"])
      expect((await w.moat(["completion", shell])).stdout).toContain("require-evidence");
    expect((await w.moat(["man"])).stdout).toStartWith(".TH MOAT 1");
  });
});
