// `[credentials]` through the binary: a command uses a planted token that is found nowhere.
import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { loadTls } from "../proxy/index.ts";
import { call, respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";

const { makeAuthority } = await loadTls();
const TOKEN = "npm_pl4nted9876543210abcdef";

/** A server over TLS that sends back what it was sent. */
function registry() {
  const authority = makeAuthority("test upstream", Date.now() / 1000, randomBytes);
  const { certificate, key } = authority.issue("localhost");
  const got: (string | null)[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: { cert: certificate, key },
    fetch(request) {
      const authorization = request.headers.get("authorization");
      got.push(authorization);
      return new Response(`who: ${authorization}\n`, { headers: { "x-who": authorization ?? "" } });
    },
  });
  return {
    got,
    port: server.port ?? 0,
    certificate: authority.certificate,
    [Symbol.dispose]: () => void server.stop(true),
  };
}

const canProxy = Bun.which("curl") !== null && Bun.spawnSync(["unshare", "-Urn", "true"]).exitCode === 0;
const run = (cmd: string, id: string) => call("exec_command", { cmd, login: false }, id);
const outputs = ({ server }: TestWorld) => JSON.stringify(server.requests.at(-1)?.body);

/** Every file beneath a directory that can be read as one. */
function filesIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    return entry.isFile() && statSync(path).size < 1 << 24 ? [path] : [];
  });
}

function holders(w: TestWorld): string[] {
  const forms = [TOKEN, Buffer.from(TOKEN).toString("base64").slice(0, 20)];
  return [w.home, w.project.dir].flatMap(filesIn).filter((path) => {
    const bytes = readFileSync(path);
    return forms.some((form) => bytes.includes(form));
  });
}

test.skipIf(!canProxy)(
  "the server gets the token; the command, the rollout, the log and the model do not",
  async () => {
    using server = registry();
    const at = `localhost:${server.port}`;
    // localhost is reached directly where nothing says otherwise.
    const ask = `curl -sS -i --noproxy "" https://${at}/x -H "Authorization: Bearer mine"`;
    const script = [
      respond(run(ask, "c1")),
      respond(run("env; cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr '\\0' '\\n'; true", "c2")),
      respond(run("cat ~/.moat/* ~/.moat/broker/* 2>&1 | head -c 20000; ls -la ~/.moat/broker; true", "c3")),
      respond(run(`curl -sS --unix-socket ~/.moat/broker/* https://${at}/y 2>&1; true`, "c4")),
      respond(say("done")),
    ];
    await using w = await world(script);
    w.config(`[sandbox_workspace_write]\nnetwork_hosts = ["${at}"]\n[credentials."${at}"]\nenv_key = "NPM_TOKEN"\n`);
    const trusted = join(w.home, "..", "upstream.pem");
    await Bun.write(trusted, server.certificate);
    const record = join(w.home, "..", "tape");
    const ran = await w.moat(["exec", "--json", "-s", "workspace-write", "--record", record, "go"], {
      env: { NPM_TOKEN: TOKEN, NODE_EXTRA_CA_CERTS: trusted },
    });
    expect(ran.exit).toBe(0);
    expect(server.got).toEqual([`Bearer ${TOKEN}`]);
    expect(outputs(w)).toContain("who: ");
    expect(outputs(w)).toContain("200 OK");
    for (const text of [ran.stdout, ran.stderr, JSON.stringify(w.server.requests.map(({ body }) => body))])
      expect(text).not.toContain("pl4nted");
    expect(holders(w)).toEqual([]);
    expect(readFileSync(record, "utf8")).not.toContain("pl4nted");
  },
);

test.skipIf(!canProxy)("a project's own file adds nothing", async () => {
  using server = registry();
  const at = `localhost:${server.port}`;
  const toml = `[credentials."${at}"]\nenv_key = "NPM_TOKEN"\n`;
  const script = [respond(run(`curl -sSk --noproxy "" https://${at}/x`, "c1")), respond(say("done"))];
  await using w = await world(script, { ".moat/config.toml": toml });
  w.config(`[sandbox_workspace_write]\nnetwork_hosts = ["${at}"]\n`);
  await w.moat(["exec", "--trust", "-s", "workspace-write", "go"], { env: { NPM_TOKEN: TOKEN } });
  expect(server.got).toEqual([null]);
});
