// Trust as a user meets it: headless runs never ask, people are asked once, and a changed file is asked about again.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { respond, say, tempProject } from "../testkit/index.ts";
import { binary, type TestWorld, world } from "./harness.ts";
import { untilRead } from "./pty.ts";

const files = { ".moat/config.toml": 'model = "theirs"\n', "AGENTS.md": "Use tabs.\n" };
const model = (w: TestWorld, index: number) =>
  (w.server.requests[index]?.body as { model?: string } | undefined)?.model;
const lines = (text: string) => text.split("\n").filter((line) => line.startsWith("moat: "));
const store = (w: TestWorld) => JSON.parse(readFileSync(join(w.moat_home, "trust.json"), "utf8"));

describe("moat exec never asks", () => {
  test("a file that is not trusted is not used, and one line says so and what to do", async () => {
    await using w = await world([respond(say("ok"))], files);
    const ran = await w.moat(["exec", "go"]);
    expect([ran.exit, ran.stdout]).toEqual([0, "ok\n"]);
    expect(model(w, 0)).not.toBe("theirs");
    expect(lines(ran.stderr)).toEqual([
      `moat: ${w.project.path(".moat/config.toml")}: this file is not trusted, so it is not used for model. \`moat config trust add\` shows and trusts it; --trust uses it this once.`,
    ]);
    expect(JSON.stringify(w.server.requests[0]?.body)).toContain("<INSTRUCTIONS>\\nUse tabs.\\n\\n</INSTRUCTIONS>");
    expect(existsSync(join(w.moat_home, "trust.json"))).toBe(false);
  });

  test("--trust uses it this once", async () => {
    await using w = await world([respond(say("ok")), respond(say("ok"))], files);
    expect((await w.moat(["exec", "--trust", "go"])).stderr).not.toContain("not trusted");
    await w.moat(["exec", "go"]);
    expect([model(w, 0), model(w, 1) === "theirs"]).toEqual(["theirs", false]);
    expect(existsSync(join(w.moat_home, "trust.json"))).toBe(false);
  });

  test("trust belongs to the content: a file that changed is not used, a file that changed back is", async () => {
    await using w = await world([respond(say("1")), respond(say("2")), respond(say("3"))], files);
    expect((await w.moat(["config", "trust", "add", "--yes"])).exit).toBe(0);
    await w.moat(["exec", "go"]);
    w.project.write(".moat/config.toml", 'model = "evil"\n');
    const changed = await w.moat(["exec", "go"]);
    w.project.write(".moat/config.toml", files[".moat/config.toml"]);
    await w.moat(["exec", "go"]);
    expect([0, 1, 2].map((index) => model(w, index) === "theirs")).toEqual([true, false, true]);
    expect(changed.stderr).toContain("this file is not trusted");
  });

  test("trust in the folder alone makes no file of it count, and exec stays read-only", async () => {
    await using w = await world([respond(say("ok"))], files);
    w.config(`[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
    const ran = await w.moat(["exec", "go"]);
    expect(lines(ran.stderr)).toHaveLength(1);
    expect(model(w, 0)).not.toBe("theirs");
    expect(JSON.stringify(w.server.requests[0]?.body)).toContain("<sandbox>read-only");
  });

  test("a name cannot draw over the line that tells of it", async () => {
    await using w = await world([respond(say("ok"))]);
    const folder = "a\u001b[2K\rb";
    w.project.write(`${folder}/.moat/config.toml`, 'model = "theirs"\n');
    const ran = await w.moat(["exec", "-C", folder, "go"]);
    expect(ran.stderr).toContain("a\\x1b[2K\\x0db/.moat/config.toml: this file is not trusted");
    expect(lines(ran.stderr).join("")).not.toContain("\u001b");
  });
});

describe("on a terminal", () => {
  /** Runs a program on a pseudo terminal; each entry is typed once its text has been there to be read. */
  async function onTerminal(command: string[], w: TestWorld, typed: [string, string][]) {
    let shown = "";
    let left = typed;
    const child = Bun.spawn(command, {
      cwd: w.project.dir,
      env: { ...w.env, TERM: "xterm" },
      terminal: {
        cols: 120,
        rows: 40,
        data(terminal, bytes) {
          shown += Buffer.from(bytes).toString("utf8");
          const [next, ...others] = left;
          if (!next || !shown.includes(next[0])) return;
          left = others;
          void untilRead(w).then(() => terminal.write(next[1]));
        },
      },
    });
    const exit = await child.exited;
    return { exit, shown };
  }
  const asking = (w: TestWorld) => [
    process.execPath,
    join(import.meta.dir, "../cli/fixtures/ask-trust.ts"),
    w.project.dir,
  ];
  const DOWN = "\u001b[B";

  test("the dialog shows the file and its diff; no is the default and is remembered", async () => {
    await using w = await world([]);
    const { shown } = await onTerminal(asking(w), w, [["navigate", "\r"]]);
    expect(shown).toContain("-old");
    expect(shown).toContain("+model = 1\\x1b[2K");
    expect(shown).toContain('{"answer":"refuse","typed":null}');
    expect(store(w).folders).toEqual({ [w.project.dir]: "untrusted" });
  });

  test("yes is remembered for exactly the shown text", async () => {
    await using w = await world([]);
    const { shown } = await onTerminal(asking(w), w, [["navigate", `${DOWN}\r`]]);
    expect(shown).toContain('{"answer":"trust","typed":null}');
    const sha256 = new Bun.CryptoHasher("sha256").update("model = 1\n").digest("hex");
    expect(store(w).files).toEqual({ [w.project.path(".moat/config.toml")]: sha256 });
  });

  test("Ctrl-C says nothing about the folder", async () => {
    await using w = await world([]);
    const { shown } = await onTerminal(asking(w), w, [["navigate", "\u0003"]]);
    expect(shown).toContain('{"answer":"later","typed":null}');
    expect(existsSync(join(w.moat_home, "trust.json"))).toBe(false);
  });

  test("moat config trust add asks, and a no trusts nothing", async () => {
    await using w = await world([], files);
    const no = await onTerminal([binary, "config", "trust", "add"], w, [["use the file above?", "n"]]);
    expect([no.exit, existsSync(join(w.moat_home, "trust.json"))]).toEqual([1, false]);
    expect(no.shown).toContain('+model = "theirs"');
    const yes = await onTerminal([binary, "config", "trust", "add"], w, [["use the file above?", "y"]]);
    expect([yes.exit, store(w).folders]).toEqual([0, { [w.project.dir]: "trusted" }]);
  });
});

describe("moat repl in a pipe", () => {
  test("asks once, uses what was trusted at once, and works in the folder; /status says so", async () => {
    await using w = await world([respond(say("one")), respond(say("two"))], files);
    const first = await w.moat(["repl"], { stdin: "y\nhello\n/status\n" });
    expect(first.stderr).toContain('+model = "theirs"');
    expect(model(w, 0)).toBe("theirs");
    expect(JSON.stringify(w.server.requests[0]?.body)).toContain("<sandbox>workspace-write");
    expect(first.stdout).toContain(`trust      ${w.project.dir}: trusted`);
    expect(first.stdout).toContain(w.project.path(".moat/config.toml"));
    expect(first.stdout).toMatch(/project instructions: \d+ bytes, about \d+ tokens/);
    expect(first.stdout).toContain(`${w.project.path("AGENTS.md")}: 10 bytes`);
    const second = await w.moat(["repl"], { stdin: "hello again\n" });
    expect(second.stderr).not.toContain("[y/N]");
    expect(model(w, 1)).toBe("theirs");
  });

  test("a first line that is no answer is the first message, and nothing of the project is used", async () => {
    await using w = await world([respond(say("one"))], files);
    const ran = await w.moat(["repl"], { stdin: "hello\n" });
    expect(ran.exit).toBe(0);
    expect(JSON.stringify(w.server.requests[0]?.body)).toContain("hello");
    expect(JSON.stringify(w.server.requests[0]?.body)).toContain("<sandbox>read-only");
    expect(model(w, 0)).not.toBe("theirs");
    expect(existsSync(join(w.moat_home, "trust.json"))).toBe(false);
  });
});

describe("typed, where there is no dialog", () => {
  const ask = async (w: TestWorld, stdin: string) => {
    const script = join(import.meta.dir, "../cli/fixtures/ask-trust.ts");
    const line = `"$0" "$1" "$2"; printf rest:; cat`;
    const child = Bun.spawn(["sh", "-c", line, process.execPath, script, w.project.dir], {
      env: { ...w.env, TERM: "xterm" },
      stdin: Buffer.from(stdin),
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { stdout: stdout.trim(), stderr };
  };

  test("takes one line and leaves the rest; what is no answer is handed on", async () => {
    for (const [typed, answer] of [
      ["y\n", { answer: "trust", typed: null }],
      ["YES\r\n", { answer: "trust", typed: null }],
      ["n\n", { answer: "refuse", typed: null }],
      ["\n", { answer: "refuse", typed: null }],
      ["explain this project\n", { answer: "later", typed: "explain this project" }],
    ] as const) {
      await using w = await world([]);
      const { stdout, stderr } = await ask(w, `${typed}next line\n`);
      expect(stdout).toBe(`${JSON.stringify(answer)}\nrest:next line`);
      expect(stderr).toContain("[y/N]");
    }
    await using w = await world([]);
    expect((await ask(w, "")).stdout).toBe('{"answer":"later","typed":null}\nrest:');
  });
});

test("the home directory is nobody's project", async () => {
  using home = tempProject({
    ".codex/config.toml": 'model = "codex"\n',
    ".claude/settings.json": "{}",
    ".git/HEAD": "x",
  });
  await using w = await world([respond(say("ok"))]);
  const ran = await w.moat(["exec", "go"], { cwd: home.dir, env: { HOME: home.dir, MOAT_HOME: w.moat_home } });
  expect(lines(ran.stderr)).toEqual([]);
});
