// What goes wrong outside moat: each gives a clear error and the right exit code, and leaves no half-written state.
import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { call, respond, say } from "../testkit/index.ts";
import { world } from "./harness.ts";

const unprivileged = process.getuid?.() !== 0;

describe("surroundings", () => {
  test("no key: the ways out are named", async () => {
    await using w = await world([]);
    const ran = await w.moat(["exec", "hi"], { env: { OPENAI_API_KEY: "", OPENAI_BASE_URL: "" } });
    expect(ran.exit).toBe(1);
    expect(ran.stdout).toBe("");
    expect(ran.stderr).toContain("OPENAI_API_KEY");
    expect(ran.stderr).toContain("moat demo");
  });

  test("MOAT_HOME unset: ~/.moat is used, private to the user", async () => {
    await using w = await world([respond(say("ok"))]);
    expect((await w.moat(["exec", "hi"])).exit).toBe(0);
    expect(existsSync(`${w.moat_home}/threads`)).toBe(true);
  });

  test("MOAT_HOME is a file", async () => {
    await using w = await world([respond(say("ok"))]);
    writeFileSync(w.moat_home, "x");
    const ran = await w.moat(["exec", "hi"]);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain(w.moat_home);
    expect(ran.stderr).toContain("MOAT_HOME");
    expect(w.server.requests).toEqual([]);
  });

  test.if(unprivileged)("MOAT_HOME cannot be written", async () => {
    await using w = await world([respond(say("ok"))]);
    mkdirSync(w.moat_home);
    chmodSync(w.moat_home, 0o500);
    const ran = await w.moat(["exec", "hi"]);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain("--ephemeral");
  });

  test("MOAT_HOME on a file system that takes nothing", async () => {
    await using w = await world([respond(say("ok"))]);
    const ran = await w.moat(["exec", "hi"], { env: { MOAT_HOME: "/proc/moat" } });
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain("/proc/moat");
    expect(w.server.requests).toEqual([]);
  });

  test("TOML that is none: line and column", async () => {
    await using w = await world([]);
    w.config('model = "x"\nsandbox_mode = \n');
    const ran = await w.moat(["exec", "hi"]);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toMatch(/config\.toml:2:\d+/);
  });

  test("an unknown key: the nearest known one is named; --strict-config makes it an error", async () => {
    await using w = await world([respond(say("ok"))]);
    w.config('modle = "x"\n');
    const ran = await w.moat(["exec", "hi"]);
    expect(ran.exit).toBe(0);
    expect(ran.stderr).toContain("modle");
    expect(ran.stderr).toContain("model");
    expect((await w.moat(["exec", "--strict-config", "hi"])).exit).toBe(1);
  });

  test("a model server that is not there ends by itself where the retries are limited", async () => {
    await using w = await world([]);
    w.server.stop();
    w.config(
      "[model_providers.gone]\nname = 'gone'\nbase_url = 'http://127.0.0.1:9/v1'\nrequest_max_retries = 2\nstream_max_retries = 2\n",
    );
    const ran = await w.moat(["exec", "--json", "-c", "model_provider=gone", "-m", "x", "hi"]);
    expect(ran.exit).toBe(1);
    const events = ran.events();
    expect(events.filter(({ type }) => type === "stream.retrying")).toHaveLength(2);
    expect(events.at(-1)?.type).toBe("turn.failed");
  });

  test("the server's own words are passed on, and an error that cannot pass is not repeated", async () => {
    const refusal = {
      status: 401,
      body: { error: { message: "Incorrect API key provided", type: "invalid_request_error" } },
    };
    await using w = await world([refusal]);
    const ran = await w.moat(["exec", "hi"]);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain("Incorrect API key provided");
    expect(w.server.requests).toHaveLength(1);
  });

  test("outside a git repository", async () => {
    await using w = await world([respond(say("ok"))]);
    const ran = await w.moat(["exec", "hi"], { cwd: w.home });
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain("--skip-git-repo-check");
    expect((await w.moat(["exec", "--skip-git-repo-check", "hi"], { cwd: w.home })).exit).toBe(0);
  });
});

describe("a sandbox that cannot be made", () => {
  test("a writable root that is not there: nothing runs, exit 6", async () => {
    await using w = await world([respond(call("exec_command", { cmd: "touch ran" })), respond(say("ok"))]);
    const roots = 'sandbox_workspace_write.writable_roots=["/proc/nowhere"]';
    const ran = await w.moat(["exec", "-s", "workspace-write", "-c", roots, "hi"]);
    expect(ran.exit).toBe(6);
    expect(ran.stderr).toContain("/proc/nowhere");
    expect(existsSync(w.project.path("ran"))).toBe(false);
  });
});

describe("prompts", () => {
  test("1 MB", async () => {
    await using w = await world([respond(say("ok"))]);
    const prompt = "long ".repeat(200_000);
    expect((await w.moat(["exec", "-"], { stdin: prompt })).exit).toBe(0);
    expect(w.server.requests[0]?.raw).toContain(prompt);
  });

  test("bytes that are no text", async () => {
    await using w = await world([]);
    const ran = await w.moat(["exec"], { stdin: new Uint8Array([0xff, 0xfe, 0x00, 0x80]) });
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toContain("UTF-8");
    expect(existsSync(`${w.moat_home}/threads`)).toBe(false);
  });

  test("nothing", async () => {
    await using w = await world([]);
    expect((await w.moat(["exec"], { stdin: "" })).exit).toBe(1);
  });
});

describe("command lines", () => {
  const wrong: [string[], string][] = [
    [["exec", "--modell", "x", "hi"], "--model"],
    [["exec", "--model"], "needs a value"],
    [["exec", "a", "b"], "quotes"],
    [["exce"], "exec"],
    [["exec", "-s", "open", "hi"], "workspace-write"],
    [["exec", "--color", "blue", "hi"], "always"],
    [["cloud"], "not part of moat"],
    [["exec", "-c", "model", "hi"], "="],
  ];
  for (const [args, says] of wrong) {
    test(`moat ${args.join(" ")}`, async () => {
      await using w = await world([]);
      const ran = await w.moat(args);
      expect(ran.exit).toBe(2);
      expect(ran.stderr).toContain(says);
      expect(ran.stdout).toBe("");
    });
  }

  test("values are taken as they are typed", async () => {
    await using w = await world([respond(say("ok")), respond(say("ok"))]);
    await w.moat(["exec", "--model", "0123", "-o", "007", "hi"]);
    expect(w.server.requests[0]?.body).toMatchObject({ model: "0123" });
    expect(w.project.read("007")).toBe("ok");
    await w.moat(["exec", "--model=1e3", "hi"]);
    expect(w.server.requests[1]?.body).toMatchObject({ model: "1e3" });
  });
});

test("a launcher whose bytes are damaged runs nothing", async () => {
  await using w = await world([respond(call("exec_command", { cmd: "touch ran" })), respond(say("ok"))]);
  const damaged = `${w.home}/moat`;
  const bytes = Buffer.from(await Bun.file(`${import.meta.dir}/../../dist/moat`).arrayBuffer());
  const launcher = Buffer.from(await Bun.file(`${import.meta.dir}/../../dist/launcher.bin`).arrayBuffer());
  const at = bytes.lastIndexOf(launcher);
  expect(at).toBeGreaterThan(0);
  bytes.fill(0x90, at + 0x200, at + 0x600);
  writeFileSync(damaged, bytes, { mode: 0o755 });
  const child = Bun.spawn([damaged, "exec", "--json", "-s", "workspace-write", "hi"], {
    cwd: w.project.dir,
    env: w.env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const stdout = await new Response(child.stdout).text();
  expect(await child.exited).toBe(6);
  expect(existsSync(w.project.path("ran"))).toBe(false);
  expect(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "").type).toBe("turn.failed");
});

describe("the log", () => {
  test("holds what went wrong, off stdout and stderr; MOAT_LOG says how much", async () => {
    await using w = await world([{ status: 400, body: { error: { message: "no such model" } } }, respond(say("ok"))]);
    await w.moat(["exec", "hi"]);
    const read = () => Bun.file(`${w.moat_home}/log/moat.log`).text();
    expect(JSON.parse((await read()).split("\n")[0] ?? "")).toMatchObject({ level: "error", type: "turn.failed" });
    await w.moat(["exec", "hi"], { env: { MOAT_LOG: "info" } });
    expect(await read()).toContain('"type":"turn.completed"');
  });
});
