// A grant of hosts opens exactly these: what a command reaches is seen by the server, not told by the command.
import { afterAll, expect, test } from "bun:test";
import type { ApprovalRequest, Decision } from "../../protocol/index.ts";
import { call, respond, say } from "../../testkit/index.ts";
import { play, stage, turnOf } from "../harness.suite.ts";

const WRITE = {
  writable_roots: [],
  network_access: false,
  exclude_slash_tmp: true,
  exclude_tmpdir_env_var: true,
  hidden_paths: [],
};

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

/** A turn with one command, under a rule that gives it hosts. */
async function turnWith(hosts: string[], cmd: string) {
  using set = await stage([respond(call("exec_command", { cmd, login: false })), respond(say("done"))], {
    settings: {
      rules: {
        prefix: [
          {
            pattern: [["curl"]],
            decision: "allow",
            sandboxed: true,
            network: { hosts },
            justification: null,
            place: null,
          },
        ],
      },
    },
  });
  const { events } = await play(set, [turnOf("go")], () => ({ type: "denied" }));
  return { events, text: JSON.stringify(events) };
}

test("a grant of hosts opens these, under their names and through the proxy", async () => {
  const { text } = await turnWith([`localhost:${server.port}`], `curl -sS http://localhost:${server.port}/listed`);
  expect(text).toContain("served");
  expect(visits).toEqual(["/listed"]);
});

test("and no other one: the server of another port hears nothing", async () => {
  visits.length = 0;
  const cmd = `curl -sS --noproxy '' http://localhost:${server.port}/unlisted`;
  const { text } = await turnWith(["listed.example"], cmd);
  expect(visits).toEqual([]);
  expect(text).toContain(`localhost:${server.port} is not on the list of hosts that may be reached`);
});

/** A turn in which the model asks for hosts, and what the person was asked. */
async function turnAsking(permission_target: string, cmd: string, answer: Decision) {
  const asked: ApprovalRequest[] = [];
  const wanted = { cmd, login: false, sandbox_permissions: "with_network", permission_target, justification: "j" };
  using set = await stage([respond(call("exec_command", wanted)), respond(say("done"))], {
    settings: { approval_policy: "on-request" },
  });
  const { events } = await play(set, [turnOf("go")], (request) => {
    asked.push(request);
    return answer;
  });
  return { asked, text: JSON.stringify(events), events };
}

test("a yes to what a model asks for opens exactly the hosts that it named", async () => {
  visits.length = 0;
  const here = `localhost:${server.port}`;
  const cmd = `curl -sS http://${here}/asked; curl -sS http://other.example/`;
  const { asked, text, events } = await turnAsking(`http://${here}/x`, cmd, { type: "approved" });
  expect(asked[0]?.opens).toEqual({ write: [], network: { hosts: [here] } });
  expect(asked[0]?.reason).not.toContain("as a whole");
  expect(visits).toEqual(["/asked"]);
  expect(text).toContain("other.example:80 is not on the list of hosts");
  const denied = events.filter((event) => event.type === "sandbox.denied");
  expect(denied).toMatchObject([
    { denial: { rule: "network_hosts", opens: { network: { hosts: ["other.example"] } } } },
  ]);
});

test("what names no hosts is a question about the whole network", async () => {
  const { asked } = await turnAsking("everything there is!", "true", { type: "denied" });
  expect(asked[0]?.opens).toEqual({ write: [], network: true });
});

test("a command that failed for a host is asked about with this host, and run again with it", async () => {
  visits.length = 0;
  const here = `localhost:${server.port}`;
  const cmd = `curl -sSf --noproxy '' http://${here}/again`;
  const asked: ApprovalRequest[] = [];
  using set = await stage([respond(call("exec_command", { cmd, login: false })), respond(say("done"))], {
    settings: {
      approval_policy: "on-request",
      sandbox_workspace_write: { ...WRITE, network_hosts: ["listed.example"] },
    },
  });
  await play(set, [turnOf("go")], (request) => {
    asked.push(request);
    return { type: "session" };
  });
  expect(asked).toHaveLength(1);
  expect(asked[0]?.opens?.network).toEqual({ hosts: [here] });
  expect(visits).toEqual(["/again"]);
});
