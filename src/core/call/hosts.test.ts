// A grant of hosts opens exactly these: what a command reaches is seen by the server, not told by the command.
import { afterAll, expect, test } from "bun:test";
import { call, respond, say } from "../../testkit/index.ts";
import { play, stage, turnOf } from "../harness.suite.ts";

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
