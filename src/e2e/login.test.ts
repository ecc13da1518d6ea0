// Saved keys: how they come in, what they are used for, and every place where they must not show.
import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { call, createGate, respond, say } from "../testkit/index.ts";
import { binary, type TestWorld, world } from "./harness.ts";

const KEY = "sk-saved-0123456789-abcdefghij";
/** No key in the environment, and no keyring to be found. */
const NO_KEY = { OPENAI_API_KEY: "", DBUS_SESSION_BUS_ADDRESS: "unix:path=/proc/nowhere" };

const login = (w: TestWorld, key = KEY, args: string[] = []) =>
  w.moat(["login", "--with-api-key", ...args], { stdin: `${key}\n`, env: NO_KEY });
const auth = (w: TestWorld) => `${w.moat_home}/auth.json`;

/** Files beneath a directory that hold the key; not what links lead to: moat's own program under four names, 480 MB. */
function filesWithKey(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return names.filter((name) => {
    const path = join(directory, name);
    return lstatSync(path).isFile() && readFileSync(path, "latin1").includes(KEY);
  });
}

describe("moat login", () => {
  test("a key from standard input is kept where the user alone can read it", async () => {
    await using w = await world([]);
    const ran = await login(w);
    expect([ran.exit, ran.stderr]).toEqual([0, ""]);
    expect(ran.stdout).not.toContain(KEY);
    expect(statSync(auth(w)).mode & 0o777).toBe(0o600);
    const status = await w.moat(["login", "status"], { env: NO_KEY });
    expect(status.exit).toBe(0);
    expect(status.stdout).toMatch(/^openai: saved in .*auth\.json, ending in …ghij\n$/);
  });

  test("status: what the environment has counts too; nothing is exit 1", async () => {
    await using w = await world([]);
    expect((await w.moat(["login", "status"])).stdout).toBe("openai: OPENAI_API_KEY in the environment, set\n");
    const none = await w.moat(["login", "status"], { env: NO_KEY });
    expect([none.exit, none.stdout]).toEqual([1, "not logged in: `moat login` saves a key\n"]);
  });

  test.each([
    ["nothing", ""],
    ["two lines", "sk-one\nsk-two"],
    ["a file by mistake", "x".repeat(5000)],
    ["words", "my key"],
  ])("%s is no key", async (_, key) => {
    await using w = await world([]);
    const ran = await login(w, key);
    expect(ran.exit).toBe(1);
    expect(existsSync(auth(w))).toBe(false);
  });

  test("command lines that mean nothing", async () => {
    await using w = await world([]);
    for (const args of [["login"], ["login", "sttus"], ["login", "--device-auth"], ["login", "status", "x"]])
      expect((await w.moat(args, { env: NO_KEY })).exit).toBe(2);
  });

  test("logout forgets one key, or all", async () => {
    await using w = await world([]);
    await login(w);
    await login(w, "sk-ant-x", ["--provider", "anthropic"]);
    expect((await w.moat(["logout"], { env: NO_KEY })).stdout).toBe("forgotten: the key of openai\n");
    expect((await w.moat(["login", "status"], { env: NO_KEY })).stdout).toMatch(/^anthropic: [^\n]+set\n$/);
    expect((await w.moat(["logout", "--all"], { env: NO_KEY })).stdout).toBe("forgotten: anthropic\n");
    expect(existsSync(auth(w))).toBe(false);
  });

  test("a damaged file is named, and none of it is shown", async () => {
    await using w = await world([]);
    mkdirSync(w.moat_home, { recursive: true });
    writeFileSync(auth(w), `{"version": 1, "keys": {"openai": {"key": "${KEY}"`);
    for (const args of [
      ["login", "status"],
      ["exec", "hi"],
    ]) {
      const ran = await w.moat(args, { env: { ...NO_KEY, OPENAI_BASE_URL: "" } });
      expect(ran.exit).toBe(1);
      expect(ran.stderr).toContain("auth.json is damaged");
      expect(ran.stderr).not.toContain(KEY);
    }
    expect((await w.moat(["logout", "--all"], { env: NO_KEY })).exit).toBe(0);
    expect(existsSync(auth(w))).toBe(false);
  });
});

describe("a saved key", () => {
  const SPY = [
    "env",
    "cat ~/.moat/auth.json",
    "for f in /proc/[0-9]*/environ /proc/[0-9]*/cmdline; do tr '\\0' '\\n' < $f; done",
    "grep -ra saved-0123456789 ~/.moat",
  ].join("; ");

  test("goes to the provider and nowhere else", async () => {
    await using w = await world([respond(call("exec_command", { cmd: SPY }, "c1")), respond(say("ok"))]);
    await login(w);
    const ran = await w.moat(["exec", "--json", "hi"], { env: { ...NO_KEY, MOAT_LOG: "debug" } });
    expect(ran.exit).toBe(0);
    expect(w.server.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${KEY}`, `Bearer ${KEY}`]);
    expect(w.server.requests[1]?.raw).toContain("Process exited");
    expect(w.server.requests[1]?.raw).not.toContain(KEY);
    expect([ran.stdout, ran.stderr].join()).not.toContain(KEY);
    expect(filesWithKey(w.home)).toEqual([".moat/auth.json"]);
  });

  test("a key in the environment wins, and is kept from commands as well", async () => {
    await using w = await world([respond(call("exec_command", { cmd: SPY }, "c1")), respond(say("ok"))]);
    await login(w, "sk-other");
    await w.moat(["exec", "hi"], { env: { OPENAI_API_KEY: KEY } });
    expect(w.server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(w.server.requests[1]?.raw).not.toContain(KEY);
    expect(filesWithKey(w.home)).toEqual([]);
  });

  test("a server that repeats the key in its refusal does not bring it to the screen, the file or the log", async () => {
    const refusal = { status: 401, body: { error: { message: `Incorrect API key provided: ${KEY}` } } };
    await using w = await world([refusal]);
    await login(w);
    const ran = await w.moat(["exec", "--json", "hi"], { env: NO_KEY });
    expect(ran.exit).toBe(1);
    expect(ran.stdout).toContain("Incorrect API key provided: [key]");
    expect(ran.stdout + ran.stderr).not.toContain(KEY);
    expect(filesWithKey(w.home)).toEqual([".moat/auth.json"]);
  });
});

const nobody = process.platform === "linux" && process.getuid?.() === 0 && Bun.which("setpriv") !== null;

test.if(nobody)(
  "others of the same user cannot read moat's memory and environment, and commands still run",
  async () => {
    const gate = createGate();
    const run = respond(call("exec_command", { cmd: "echo it runs", login: false }, "c1"));
    await using w = await world([run, [{ wait: gate }, ...respond(say("ok"))]]);
    Bun.spawnSync(["chown", "-R", "65534:65534", w.home, w.project.dir]);
    for (const path of [join(w.home, ".."), w.home, w.project.dir]) chmodSync(path, 0o777);
    const as = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];
    const child = Bun.spawn([...as, binary, "exec", "--json", "--skip-git-repo-check", "hi"], {
      cwd: w.project.dir,
      env: { ...w.env, OPENAI_API_KEY: KEY },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    await gate.reached;
    const other = Bun.spawn([...as, "sleep", "300"], { env: { MARK: "seen", PATH: w.env.PATH ?? "" } });
    // Until it is the program itself, it is a copy of this test, and another user's.
    while (!readFileSync(`/proc/${other.pid}/cmdline`, "utf8").startsWith("sleep\0")) await Bun.sleep(5);
    const read = (pid: number) => Bun.spawnSync([...as, "cat", `/proc/${pid}/environ`]);
    const [spy, control] = [read(child.pid), read(other.pid)];
    other.kill();
    gate.open();
    const [stdout, exit] = [await new Response(child.stdout).text(), await child.exited];
    expect(control.stdout.toString()).toContain("MARK=seen");
    expect(spy.exitCode).not.toBe(0);
    expect(spy.stdout.toString()).toBe("");
    expect(exit).toBe(0);
    expect(stdout).toContain("it runs");
  },
);
