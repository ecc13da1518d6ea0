import { describe, expect, test } from "bun:test";
import { applyPatch } from "./apply-patch.ts";
import { execCommand } from "./exec-command.ts";
import { builtInTools } from "./registry.ts";
import { shell } from "./shell.ts";
import { updatePlan } from "./update-plan.ts";

/** What exec_command makes of arguments: the last word of its argv, or the message. */
async function script(raw: unknown): Promise<string> {
  const parsed = await execCommand.parse(typeof raw === "string" ? raw : JSON.stringify(raw), "/w");
  return parsed.ok === true ? (parsed.args.argv.at(-1) ?? "") : parsed.ok === false ? parsed.message : parsed.tool;
}

describe("what is unmistakable is understood", () => {
  test.each([
    ["numbers and booleans as text", { cmd: "echo hi", timeout_ms: "5000", login: "FALSE", max_output_tokens: "10" }],
    [
      "nothing for what may be left out",
      { cmd: "echo hi", timeout_ms: null, workdir: "", shell: "", sandbox_permissions: "", prefix_rule: "" },
    ],
    ["a list as text", { cmd: "echo hi", prefix_rule: '["echo"]' }],
    ["one thing for a list of one", { cmd: "echo hi", prefix_rule: "echo" }],
    ["words for a command line", { cmd: ["echo", "hi"] }],
    ["a shell's argv for a command line", { cmd: ["bash", "-lc", "echo hi"] }],
    ["the same with its path", { cmd: ["/bin/sh", "-c", "echo hi"] }],
    ["another name", { command: "echo hi" }],
    ["another name, as words", { command: ["bash", "-c", "echo hi"] }],
    ["a value that ends so", { cmd: "echo hi", sandbox_permissions: "default" }],
    ["a list of the one command line", { cmd: ["echo hi"] }],
    ["names in capitals", { Cmd: "echo hi", timeoutMs: 5000 }],
    ["all of it once more in one field", { arguments: { cmd: "echo hi" } }],
    ["the same as text", { parameters: JSON.stringify({ command: "echo hi" }) }],
    ["a number for true or false", { cmd: "echo hi", login: 0 }],
    ["encoded twice", JSON.stringify(JSON.stringify({ cmd: "echo hi" }))],
    ["in a fence", '```json\n{"cmd":"echo hi"}\n```'],
  ])("%s", async (_, raw) => expect(await script(raw)).toBe("echo hi"));

  test("bare line ends in a text", async () => {
    expect(await script('{"cmd":"echo hi\necho \\"ho\\""}')).toBe('echo hi\necho "ho"');
  });

  test("another form of a status, a plan as text", async () => {
    for (const plan of [[{ step: "x", status: "In Progress" }], JSON.stringify([{ step: "x", status: "in-progress" }])])
      expect(await updatePlan.parse(JSON.stringify({ plan }), "/w")).toMatchObject({
        ok: true,
        args: { plan: [{ status: "in_progress" }] },
      });
  });

  test("steps that are only named, one that is no list, other names for what is to be done", async () => {
    for (const plan of [["x"], { step: "x" }, [{ content: "x" }], [{ title: "x", status: "pending" }]])
      expect(await updatePlan.parse(JSON.stringify({ plan }), "/w")).toMatchObject({
        ok: true,
        args: { plan: [{ step: "x", status: "pending" }] },
      });
  });

  test("the seed's tool: a command line, or a list as text", async () => {
    const argv = async (command: unknown) => {
      const parsed = await shell.parse(JSON.stringify({ command }), "/w");
      return parsed.ok === true ? parsed.args.argv : parsed;
    };
    expect(await argv("echo hi")).toEqual([expect.stringMatching(/^\/bin\//), "-lc", "echo hi"]);
    expect(await argv('["echo", "hi"]')).toEqual(["echo", "hi"]);
    expect(await argv("[ -e x ] && echo hi")).toEqual([
      expect.stringMatching(/^\/bin\//),
      "-lc",
      "[ -e x ] && echo hi",
    ]);
  });

  test("a patch under another name, and with its line ends written out", async () => {
    const patch = "*** Begin Patch\n*** Add File: a\n+x\n*** End Patch";
    for (const raw of [patch, JSON.stringify({ patch }), JSON.stringify({ input: patch.replaceAll("\n", "\\n") })])
      expect((await applyPatch.parse(raw, "/w")).ok).toBe(true);
  });

  test("a patch as lines, as a command, after some words; never one without its end", async () => {
    const patch = "*** Begin Patch\n*** Add File: a\n+x\n*** End Patch";
    const ok = async (input: unknown) => (await applyPatch.parse(JSON.stringify({ input }), "/w")).ok;
    expect(await ok(patch.split("\n"))).toBe(true);
    expect(await ok(["apply_patch", patch])).toBe(true);
    expect(await ok(`Here it is:\n${patch}`)).toBe(true);
    expect(await ok(patch.slice(0, -14))).toBe(false);
  });
});

describe("what is not is refused, with the field, the type that was wanted and what came", () => {
  test.each([
    [{ cmd: "x", timeout_ms: "soon" }, 'timeout_ms: expected a number, got "soon"'],
    [{ cmd: "x", login: "perhaps" }, 'login: expected true or false, got "perhaps"'],
    [{}, "cmd: expected a text, got nothing"],
    [{ cmd: { run: "x" } }, "cmd: expected a text, got an object"],
    [
      { cmd: "x", sandbox_permissions: "all" },
      'sandbox_permissions: expected one of use_default, with_write, with_network, with_needs, require_escalated, got "all"',
    ],
    ['{"cmd":"ls', "no JSON"],
    ['{"cmd":"ls"}{"cmd":"pwd"}', "no JSON"],
    [`{"cmd":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, "more than 200 levels"],
    [`{"cmd":"ls","x":${'{"y":'.repeat(100_000)}1${"}".repeat(100_000)}}`, "more than 200 levels"],
    ['["ls"]', "expected an object, got a list"],
    ["null", "expected an object, got null"],
    ["{'cmd': 'ls'}", "no JSON"],
  ])("%p", async (raw, message) => expect(await script(raw)).toContain(message));
});

describe("names", () => {
  const { load } = builtInTools();
  test.each([
    "exec_command",
    "Exec_Command",
    "functions.exec_command",
    "exec-command",
    "execCommand",
    "exec_command()",
    "multi_tool_use.exec_command",
    "mcp__exec_command",
    "exec_command<|channel|>commentary",
    " exec_command ",
    "exec_command\n",
    "default_api:exec_command",
    "tools.exec_command",
    "bash",
    "Bash",
    "run_shell_command",
    "shell_command",
  ])("%p is exec_command", async (name) => expect(await load(name, null)).toBe(execCommand as never));

  test.each(["", "functions", "default", "exec_command"])("namespace %p stands for none", async (namespace) => {
    expect(await load("exec_command", namespace)).toBe(execCommand as never);
  });

  test("what belongs to a server is not ours, and nothing else is guessed", async () => {
    expect(await load("exec_command", "github")).toBeNull();
    for (const name of ["exec", "github.exec_command", "constructor", "rm"]) expect(await load(name, null)).toBeNull();
  });
});
