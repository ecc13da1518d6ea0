// What the model gets for a call, word by word where the words are ours.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { HookInput, HookVerdict } from "../../config/index.ts";
import type { Denial } from "../../protocol/index.ts";
import { call, callCustom, type Output, respond, say } from "../../testkit/index.ts";
import type { Tool, ToolOutcome } from "../../tools/index.ts";
import { play, SILENT, stage, turnOf } from "../harness.suite.ts";
import type { ThreadServices } from "../index.ts";

const DENIAL: Denial = {
  rule: "r",
  kind: "syscall",
  target: null,
  explanation: "It was refused.",
  opens: null,
  grant: null,
};
const REFUSED =
  "It was refused. (sandbox rule: r) No flag opens exactly this; the command can only be run outside the sandbox, if the user agrees.";

/** A tool that comes to this. */
function toolWith(outcome: Partial<ToolOutcome>): ThreadServices["tools"] {
  const tool: Tool = {
    spec: () => null,
    parallel: false,
    item_lasts: "call",
    parse: async (args) => ({ ok: true, args }),
    effect: () => null,
    item: () => null,
    hook: () => ({ tool_name: "t", tool_input: {} }),
    withHookInput: (raw) => raw,
    run: async () => ({
      status: "completed",
      body: "",
      total_lines: 0,
      total_bytes: Buffer.byteLength(outcome.body ?? ""),
      max_output_tokens: null,
      render: (body) => `<${body}>`,
      item: null,
      denial: null,
      ...outcome,
    }),
  };
  return { specs: async () => [], load: async () => tool };
}

async function output(outcome: Partial<ToolOutcome>, settings: object = {}, hook: Partial<HookVerdict> | null = null) {
  const fire = async ({ hook_event_name }: HookInput) =>
    hook_event_name === "PostToolUse" ? { ...SILENT, ...hook } : SILENT;
  using s = await stage([respond(call("t", {}, "c")), respond(say("ok"))], {
    settings,
    services: { tools: toolWith(outcome), ...(hook ? { hooks: { fire } } : {}) },
  });
  // A hook may have ended the first turn.
  const { outputs } = await play(s, hook?.stop ? [turnOf("go"), turnOf("go on")] : [turnOf("go")], () => null);
  return { text: outputs.get("c") ?? "" };
}

describe("an output", () => {
  test("is in the layout of its tool", async () => {
    expect((await output({ body: "hello" })).text).toBe("<hello>");
    expect((await output({ body: "" })).text).toBe("<>");
  });

  test("says what the sandbox refused, on a line of its own", async () => {
    expect((await output({ body: "a", denial: DENIAL })).text).toBe(`<a\n${REFUSED}>`);
    expect((await output({ body: "a\n", denial: DENIAL })).text).toBe(`<a\n${REFUSED}>`);
    expect((await output({ body: "", denial: DENIAL })).text).toBe(`<${REFUSED}>`);
  });

  test("says what a hook has against it", async () => {
    expect((await output({ body: "a" }, {}, { block: true, reason: "no" })).text).toBe("<a>\nno");
    expect((await output({ body: "a" }, {}, { block: true })).text).toBe("<a>\na hook objects to this result");
    expect((await output({ body: "a" }, {}, { reason: "no" })).text).toBe("<a>");
  });

  test("is not lost when a hook ends the turn with it", async () => {
    expect((await output({ body: "a" }, {}, { stop: "enough" })).text).toBe("<a>");
  });
});

describe("an output that is too long", () => {
  const long = "x".repeat(400);
  const at = (text: string) => /: ([^:\]]+)\]/.exec(text)?.[1] ?? "";

  /** With the file that it names. */
  async function cut(outcome: Partial<ToolOutcome>, settings: object, block = false) {
    using s = await stage([respond(call("t", {}, "c/1")), respond(say("ok"))], {
      settings,
      // Of a thread that is not kept they would be gone by the end.
      services: { tools: toolWith(outcome), transcript_path: "/rollout.jsonl" },
    });
    if (block) writeFileSync(s.home.path(".moat"), "");
    const { outputs } = await play(s, [turnOf("go")], () => null);
    const text = outputs.get("c/1") ?? "";
    const path = at(text);
    return {
      text: path ? text.replace(path, "PATH") : text,
      kept: path && existsSync(path) ? readFileSync(path, "utf8") : null,
      path,
    };
  }

  test("is cut at the limit of the settings or of the call, whichever is smaller, and kept whole", async () => {
    const settings = { tool_output_token_limit: 20 };
    const heading = "Warning: truncated output (original token count: 100)\nTotal output lines: 0\n\n";
    const whole = await cut({ body: long }, settings);
    expect(whole.text).toBe(
      `<${heading}${"x".repeat(40)}…80 tokens truncated…${"x".repeat(40)}\n[The output was 400 bytes; all of it: PATH]>`,
    );
    expect(whole.kept).toBe(long);
    expect(whole.path).toEndWith("/tmp/0198a0c0-0000-7000-8000-000000000000/c_1.txt");
    const smaller = await cut({ body: long, max_output_tokens: 10 }, settings);
    expect(smaller.text).toContain("…90 tokens truncated…");
    const wished = await cut({ body: long, max_output_tokens: 1000 }, settings);
    expect(wished.text).toContain("…80 tokens truncated…");
    expect((await cut({ body: long, max_output_tokens: -1 }, settings)).text).toContain("…100 tokens truncated…");
    expect((await cut({ body: long }, { tool_output_token_limit: 100 })).text).toBe(`<${long}>`);
  });

  test("of which a part was lost before says so", async () => {
    const { text } = await cut({ body: long, total_bytes: 401, total_lines: 3 }, { tool_output_token_limit: 20 });
    expect(text).toContain("Total output lines: 3");
    expect(text).toContain("[The output was 401 bytes; its first and last parts, with the omission marked: PATH]>");
  });

  test("says nothing of a file that could not be written", async () => {
    const { text } = await cut({ body: long }, { tool_output_token_limit: 20 }, true);
    expect(text).toEndWith(`${"x".repeat(40)}>`);
  });

  test("says what was refused behind where the rest is", async () => {
    const { text } = await cut({ body: long, denial: DENIAL }, { tool_output_token_limit: 20 });
    expect(text).toEndWith(`all of it: PATH]\n${REFUSED}>`);
  });
});

describe("a call that cannot be read", () => {
  async function told(...calls: Output[]) {
    using s = await stage([respond(...calls), respond(say("ok"))]);
    s.project.write("sub/f", "a\n");
    const { events, outputs } = await play(s, [turnOf("go")], () => null);
    const items = events.flatMap((event) => (event.type === "item.completed" ? [event.item] : []));
    return { items: items.slice(0, -1), outputs: [...outputs.values()], sub: s.project.read("sub/f") };
  }
  const patch = "*** Begin Patch\n*** Update File: f\n@@\n-a\n+b\n*** End Patch";
  const heredoc = (text: string) => `apply_patch <<'EOF'\n${text}\nEOF`;

  test("is answered with why, and shown", async () => {
    const { items, outputs } = await told(call("nope", {}, "c"));
    expect(outputs).toEqual(["unsupported call: nope"]);
    expect(items).toMatchObject([{ type: "error", message: "unsupported call: nope" }]);
  });

  test("names the server that it wanted", async () => {
    const one = { ...call("t", {}, "c"), namespace: "mcp__s" } as Output;
    const { outputs } = await told(one);
    expect(outputs[0]).toStartWith("unsupported call: ");
  });

  test("is one of another tool where that is unmistakable: a patch in a directory of its own", async () => {
    const { items, outputs, sub } = await told(
      call("exec_command", { cmd: heredoc(patch), workdir: "sub", login: false }, "c"),
    );
    expect(sub).toBe("b\n");
    expect(items).toMatchObject([{ type: "file_change", status: "completed" }]);
    expect(outputs[0]).toMatch(/^Chunk ID: [0-9a-f]{6}\nWall time: 0\.0000 seconds\nOutput:\n/);
  });

  test("of another tool that does not understand it is answered in the layout of the first", async () => {
    const { items, outputs, sub } = await told(
      call("exec_command", { cmd: heredoc("*** Begin Patch\n*** Nonsense\n*** End Patch"), login: false }, "c"),
    );
    expect(sub).toBe("a\n");
    expect(outputs[0]).toMatch(/^Chunk ID: .*\n.*\nOutput:\n[\s\S]*Nonsense/);
    expect(items).toHaveLength(1);
  });

  test("as a custom call is answered as one", async () => {
    const { outputs } = await told(callCustom("apply_patch", "nonsense", "c"));
    expect(outputs[0]).toContain("*** Begin Patch");
  });
});
