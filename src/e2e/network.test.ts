// docs/network.md: it names every place in the code that can open a connection, and a traced session opens no other.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { call, respond, say, tempProject } from "../testkit/index.ts";
import { binary, world } from "./harness.ts";

const root = join(import.meta.dir, "..", "..");
const page = readFileSync(join(root, "docs", "network.md"), "utf8");

/** Calls that open a connection or a port, and modules that can. */
const OPENS =
  /\bfetch\(|\bBun\.(connect|listen|serve|udpSocket)\b|\bnew WebSocket\(|"node:(net|http|https|http2|tls|dgram|dns)"/;
/** Files in which such a word is something else: an interface, wrappers around the one fetch, a descriptor to the launcher, what is known of addresses, certificates. */
const OTHERWISE = [
  "src/open/contract.ts",
  "src/cli/replay/recorder.ts",
  "src/model/hooks.ts",
  "src/sandbox/control.ts",
  "src/proxy/net.ts",
  "src/proxy/tls/bundle.ts",
  "src/proxy/tls/certificate.ts",
];

test("the page names every file that can open a connection", () => {
  const files = [...new Glob("src/**/*.ts").scanSync(root)]
    .filter((file) => !/\.(test|suite)\.ts$|^src\/e2e\/|\/fixtures\/|\/fixture\.ts$/.test(file))
    .filter((file) => OPENS.test(readFileSync(join(root, file), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")));
  const named = [...page.matchAll(/`(src\/[\w./-]+\.ts)`/g)].map(([, file = ""]) => file);
  expect(files.filter((file) => !named.includes(file) && !OTHERWISE.includes(file))).toEqual([]);
});

/** Every address that a process and its children connect to, or send to without a connection. */
async function traced(
  args: string[],
  cwd: string,
  env: Record<string, string>,
  stdin = "",
): Promise<{ exit: number; to: string[] }> {
  using there = tempProject();
  const out = there.path("trace");
  const trace = [
    "strace",
    "-f",
    "-qq",
    "-e",
    "trace=connect,sendto,sendmsg,sendmmsg,bind",
    "-e",
    "signal=none",
    "-o",
    out,
  ];
  const child = Bun.spawn([...trace, binary, ...args], {
    cwd,
    env,
    stdin: new Blob([stdin]),
    stdout: "ignore",
    stderr: "ignore",
  });
  const exit = await child.exited;
  const found = [
    ...readFileSync(out, "utf8").matchAll(
      /sa_family=(AF_INET6?|AF_NETLINK|AF_VSOCK)[^}]*htons\((\d+)\)[^}]*"([\d.:a-f]+)"/g,
    ),
  ];
  return { exit, to: [...new Set(found.map(([, , port, host]) => `${host}:${port}`))] };
}

const canTrace =
  Bun.which("strace") !== null && Bun.spawnSync(["strace", "-f", "true"], { stderr: "ignore" }).exitCode === 0;

describe.if(canTrace)("a traced session", () => {
  const run = call("exec_command", { cmd: "git status --short; echo hi > f", login: false }, "c1");

  test("exec, with commands, and going on with it: the provider and nobody else", async () => {
    await using w = await world([respond(run), respond(say("done")), respond(say("again"))]);
    const server = [`127.0.0.1:${w.server.port}`];
    expect(await traced(["exec", "-s", "workspace-write", "go"], w.project.dir, w.env)).toEqual({
      exit: 0,
      to: server,
    });
    expect(await traced(["exec", "resume", "--last", "on"], w.project.dir, w.env)).toEqual({ exit: 0, to: server });
  });

  test("a conversation in a pipe: the provider and nobody else", async () => {
    await using w = await world([respond(say("one")), respond(say("two"))]);
    const words = ["repl", "--allow-no-git-exec"];
    const ran = await traced(words, w.project.dir, w.env, "first\n/status\nsecond\n");
    expect(ran).toEqual({ exit: 0, to: [`127.0.0.1:${w.server.port}`] });
  });

  test("everything that only looks: nobody", async () => {
    await using w = await world([]);
    for (const line of [
      "--version",
      "doctor",
      "config list",
      "threads list",
      "login status",
      "features list",
      "debug prompt-input x",
      "diff",
    ])
      expect([line, (await traced(line.split(" "), w.project.dir, w.env)).to]).toEqual([line, []]);
  });

  test("nothing is configured: the usual ports of this machine, and nobody else", async () => {
    await using w = await world([]);
    const { OPENAI_API_KEY: _, OPENAI_BASE_URL: __, ...bare } = w.env;
    const { to } = await traced(["exec", "go"], w.project.dir, bare);
    expect(to.filter((address) => !/^127\.0\.0\.1:(11434|1234|8080|1)$/.test(address))).toEqual([]);
  });

  test("the trace would show another one", async () => {
    await using w = await world([]);
    const connect = ["sandbox", "--full-access", "--", "bash", "-c", ": < /dev/tcp/127.0.0.1/9"];
    expect((await traced(connect, w.project.dir, w.env)).to).toEqual(["127.0.0.1:9"]);
  });
});
