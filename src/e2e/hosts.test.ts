// The network by name as a user meets it: the built binary, real clients, and a server outside that sees who comes.
import { afterAll, expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { call, respond, say } from "../testkit/index.ts";
import { world } from "./harness.ts";

const visits: string[] = [];
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request) {
    visits.push(new URL(request.url).pathname);
    return new Response("served");
  },
});
afterAll(() => server.stop(true));
const here = `localhost:${server.port}`;
/** Asks the proxy of the environment, also for what is usually reached without one. */
const curl = (url: string) => `curl -sS -m 20 --noproxy '' ${url}`;

test("a listed host is reached, by the proxy and by programs that know none; others are not, and each is told", async () => {
  await using w = await world([]);
  const script = [
    curl(`http://${here}/proxy`),
    `curl -sS --noproxy '*' http://${here}/port`,
    curl("http://other.example/"),
  ];
  const ran = await w.moat(["sandbox", "--net", `proxy:${here}`, "--json", "--", "sh", "-c", script.join("; ")]);
  expect(visits.splice(0)).toEqual(["/proxy", "/port"]);
  expect(ran.stderr).toContain(`-c 'sandbox_workspace_write.network_hosts=["other.example"]'`);
  expect(ran.stderr).toContain('"net":"proxy"');
});

test("nothing leads around the proxy: no route, no name service, no port that is not listed", async () => {
  await using w = await world([]);
  const script = [
    `curl -sS -m 20 --noproxy '*' http://${here}/direct`,
    "curl -sS -m 20 --noproxy '*' http://1.1.1.1/",
    "curl -sS -m 20 --noproxy '*' -g 'http://[2606:4700::1111]/'",
    "getent hosts example.com",
    "ls /proc/self/fd",
  ];
  const ran = await w.moat([
    "sandbox",
    "--net",
    "proxy:listed.example",
    "--",
    "sh",
    "-c",
    script.map((one) => `${one} || echo no`).join("; "),
  ]);
  expect(ran.stdout).toBe("no\nno\nno\nno\n0\n1\n2\n3\n");
  expect(visits).toEqual([]);
});

test("what names no host starts nothing", async () => {
  await using w = await world([]);
  for (const list of ["*", "http://a.example", "localhost", "a.example,2130706433"]) {
    const ran = await w.moat(["sandbox", "--net", `proxy:${list}`, "--", "true"]);
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toContain("names no host that can be opened");
  }
});

test("hosts of the configuration and of a rule are open in a turn, what a rule closes is not, and the model learns why", async () => {
  const script = [curl(`http://${here}/turn`), curl("http://closed.example/"), "echo net=$MOAT_SANDBOX_NETWORK"].join(
    "; ",
  );
  await using w = await world([respond(call("exec_command", { cmd: script, login: false })), respond(say("done"))]);
  const rules = [
    `network_rule(host="${here}", protocol="http", decision="allow")`,
    'network_rule(host="closed.example", protocol="http", decision="forbidden")',
  ];
  await Bun.write(`${w.home}/.moat/rules/a.rules`, `${rules.join("\n")}\n`);
  const setting = 'sandbox_workspace_write.network_hosts=["closed.example"]';
  const ran = await w.moat(["exec", "--json", "-s", "workspace-write", "-c", setting, "go"]);
  expect(ran.exit).toBe(0);
  expect(visits.splice(0)).toEqual(["/turn"]);
  expect(JSON.stringify(w.server.requests[1]?.body)).toContain("closed.example:80 is not on the list");
  expect(JSON.stringify(w.server.requests[1]?.body)).toContain("net=proxy");
});

test("an answer opens exactly the hosts that the model named", async () => {
  const wanted = { sandbox_permissions: "with_network", permission_target: here, justification: "to fetch it" };
  const cmd = `${curl(`http://${here}/approved`)}; ${curl("http://other.example/")}`;
  const reviewer = `#!/bin/sh\ncat >>questions.json\necho '{"decision":"approved"}'\n`;
  const turn = [respond(call("exec_command", { cmd, login: false, ...wanted })), respond(say("done"))];
  await using w = await world(turn, { reviewer });
  chmodSync(w.project.path("reviewer"), 0o755);
  const ran = await w.moat(["exec", "--json", "--approve-with", "./reviewer", "go"]);
  const questions = await Bun.file(w.project.path("questions.json")).text();
  expect(questions).toContain(`"opens":{"write":[],"network":{"hosts":["${here}"]}}`);
  expect(visits.splice(0)).toEqual(["/approved"]);
  const denied = ran.events().filter(({ type }) => type === "sandbox.denied");
  expect(JSON.stringify(denied)).toContain('"opens":{"network":{"hosts":["other.example"]}}');
});
