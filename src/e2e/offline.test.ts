// moat --offline-except: in a network of its own, with one address that can be reached.
import { describe, expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { openBroker } from "../cli/offline/broker.ts";
import { parseEndPoint, route } from "../cli/offline/end-point.ts";
import { openInside } from "../cli/offline/inside.ts";
import { call, createGate, respond, say, startModelServer } from "../testkit/index.ts";
import { binary, processesLike, world } from "./harness.ts";
import { pty } from "./pty.ts";
import { openProject } from "./release/site.ts";

const command = (cmd: string) => call("exec_command", { cmd, login: false }, "c1");
const canIsolate =
  process.platform === "linux" && Bun.spawnSync(["unshare", "-rn", "true"], { stderr: "ignore" }).exitCode === 0;

/** A unix socket somewhere, as services have them. */
async function service(path: string): Promise<Server> {
  const server = createServer((socket) => socket.end("served"));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  chmodSync(path, 0o777);
  return server;
}

const reach = (path: string) =>
  `python3 -c 'import socket; s = socket.socket(socket.AF_UNIX); s.connect("${path}"); print("REA" + "CHED")'`;

/** Processes whose command line has this word. */
const withWord = (word: string) => processesLike((argv) => argv.includes(word));

describe.if(canIsolate)("a run", () => {
  test("reaches its model, runs confined commands, and reaches nobody else", async () => {
    const other = await startModelServer(() => respond(say("you were caught")));
    const connect = `(exec 3<>/dev/tcp/127.0.0.1/${other.port}) 2>/dev/null && echo OP""EN`;
    await using w = await world([respond(command(`echo done > f; ${connect}`)), respond(say("all done"))]);
    const ran = await w.moat(["--offline-except", w.server.url, "exec", "--json", "-s", "workspace-write", "go"]);
    expect(ran).toMatchObject({ exit: 0, stdout: expect.not.stringContaining("OPEN") });
    expect(w.project.read("f")).toBe("done\n");
    expect(w.server.requests).toHaveLength(2);
    other.stop();
  });

  test("what nothing confines reaches nobody else either", async () => {
    const other = await startModelServer(() => respond(say("you were caught")));
    const connect = `(exec 3<>/dev/tcp/127.0.0.1/${other.port}) 2>/dev/null && echo OP""EN`;
    const script = () => [respond(command(`echo ran; ${connect}`)), respond(say("x"))];
    const words = ["exec", "--json", "--dangerously-bypass-approvals-and-sandbox", "go"];
    await using outside = await world(script());
    expect((await outside.moat(words)).stdout).toContain("OPEN");
    await using inside = await world(script());
    const ran = await inside.moat(["--offline-except", inside.server.url, ...words]);
    expect(ran).toMatchObject({ exit: 0, stdout: expect.stringContaining('"aggregated_output":"ran\\n"') });
    other.stop();
  });

  test("services of the outer network stay out of reach of confined commands", async () => {
    using place = openProject();
    const path = place.path("service.sock");
    const server = await service(path);
    await using w = await world([respond(command(reach(path))), respond(say("x"))]);
    const ran = await w.moat(["--offline-except", w.server.url, "exec", "--json", "-s", "workspace-write", "go"]);
    server.close();
    expect(ran.exit).toBe(0);
    expect(ran.stdout).toContain("Error");
    expect(ran.stdout).not.toContain("REACHED");
  });

  test("another address than the model's: the run says that it reached nothing", async () => {
    await using w = await world([respond(say("never"))]);
    const ran = await w.moat(["--offline-except", "http://127.0.0.1:9", "models"]);
    expect([ran.exit, w.server.requests.length]).toEqual([1, 0]);
    expect(ran.stderr).toContain("nothing listens there");
  });

  test("a wrong address and a wrong command line end with 2", async () => {
    await using w = await world([]);
    for (const words of [
      ["--offline-except"],
      ["--offline-except", "ftp://x", "exec"],
      ["--offline-except", w.server.url, "nonsense"],
    ])
      expect([words, (await w.moat(words)).exit]).toEqual([words, 2]);
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGKILL", null],
  ] as const)("%s ends the program inside, too", async (signal, exit) => {
    const gate = createGate();
    await using w = await world([[{ head: true }, { wait: gate }]]);
    const word = `held by ${signal} ${crypto.randomUUID()}`;
    const child = w.start(["--offline-except", w.server.url, "exec", word]);
    await gate.reached;
    expect(withWord(word).length).toBeGreaterThan(1);
    child.kill(signal);
    await child.exited;
    expect(child.exitCode).toBe(exit);
    while (withWord(word).length > 0) await Bun.sleep(5);
    gate.open();
  });

  test("in a terminal Ctrl-C interrupts the turn inside, as often as it is typed", async () => {
    const gates = [createGate(), createGate()] as const;
    await using w = await world(gates.map((gate) => [{ head: true }, { wait: gate }]));
    w.config(`[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
    const word = `developer_instructions=${crypto.randomUUID()}`;
    await using t = pty(w, ["--offline-except", w.server.url, "repl", "-c", word], { TERM: "dumb" });
    for (const gate of gates) {
      await t.shows("user> ");
      t.type("go\r");
      await gate.reached;
      // A terminal whose keys nobody reads one by one sends the signal to both processes.
      for (const pid of withWord(word)) process.kill(Number(pid), "SIGINT");
      await t.shows("interrupted");
      // Two within a second would end the conversation.
      await Bun.sleep(1100);
    }
    await t.shows("user> ");
    t.type("q\r");
    expect(await t.exited).toBe(0);
    for (const gate of gates) gate.open();
  });

  test("the demo needs nobody outside", async () => {
    await using w = await world([]);
    const ran = await w.moat(["--offline-except", "https://api.example", "demo"]);
    expect(ran).toMatchObject({ exit: 0, stdout: expect.stringContaining("What really happened") });
  });

  const narrow = ["unshare", "-r", "sh", "-c", 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"', "sh"];
  test("where namespaces are refused: 6, and nothing was started", async () => {
    await using w = await world([respond(say("never"))]);
    const child = Bun.spawn([...narrow, binary, "--offline-except", w.server.url, "exec", "go"], {
      cwd: w.project.dir,
      env: w.env,
      stdout: "pipe",
      stderr: "pipe",
    });
    const stderr = await new Response(child.stderr).text();
    expect([await child.exited, w.server.requests.length]).toEqual([6, 0]);
    expect(stderr).toContain("nothing was started");
  });
});

describe("the way through", () => {
  test("end points", () => {
    expect(parseEndPoint("https://api.example/v1")).toEqual({ host: "api.example", port: 443, loopback: false });
    expect(parseEndPoint("http://[::1]:11434/v1")).toEqual({ host: "::1", port: 11434, loopback: true });
    for (const bad of ["", "api.example", "ftp://api.example", "file:///etc"]) expect(parseEndPoint(bad)).toBeNull();
  });

  const api = { host: "api.example", port: 443, loopback: false };
  test.each([
    ["CONNECT api.example:443 HTTP/1.1", true],
    ["CONNECT api.example:80 HTTP/1.1", false],
    ["CONNECT evil.example:443 HTTP/1.1", false],
    ["CONNECT api.example:443.evil.example:443 HTTP/1.1", false],
    ["GET http://api.example/ HTTP/1.1", false],
    ["GET / HTTP/1.1", false],
    ["", false],
  ])("%s", (line, ok) => expect(route(`${line}\r\nHost: x`, api).ok).toBe(ok));

  test("a plain request becomes one that a server takes, and is the last of its connection", () => {
    const head =
      "POST http://api.example:8080/v1/x?y=1 HTTP/1.1\r\nHost: api.example:8080\r\nProxy-Connection: keep-alive\r\nConnection: keep-alive\r\nA: b";
    expect(route(head, { host: "api.example", port: 8080, loopback: false })).toEqual({
      ok: true,
      tunnel: false,
      head: "POST /v1/x?y=1 HTTP/1.1\r\nHost: api.example:8080\r\nA: b\r\nConnection: close\r\n\r\n",
    });
  });

  test("from a proxy inside, over the socket, to the one server, whatever name was asked for", async () => {
    const answered: string[] = [];
    using server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      async fetch(request) {
        answered.push(`${request.method} ${new URL(request.url).pathname} ${(await request.text()).length}`);
        return new Response("x".repeat(300_000));
      },
    });
    using broker = await openBroker({ host: "127.0.0.1", port: server.port ?? 0, loopback: false });
    const env: Record<string, string | undefined> = {
      HTTPS_PROXY: "http://elsewhere.example",
      NO_PROXY: "*",
      all_proxy: "x",
    };
    await openInside(broker.path, { host: "api.example", port: 80, loopback: false }, env);
    expect(broker.met).toBe(true);
    expect(Object.keys(env).sort()).toEqual(["HTTPS_PROXY", "HTTP_PROXY", "http_proxy", "https_proxy"]);
    const proxy = env.HTTP_PROXY ?? "";
    for (const size of [0, 200_000]) {
      const response = await fetch("http://api.example/v1", {
        proxy,
        method: "POST",
        body: "y".repeat(size),
        keepalive: false,
      });
      expect((await response.text()).length).toBe(300_000);
    }
    expect(answered).toEqual(["POST /v1 0", "POST /v1 200000"]);
    expect((await fetch("http://evil.example/v1", { proxy })).status).toBe(403);
    expect(answered).toHaveLength(2);
  });
});
