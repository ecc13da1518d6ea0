// One answer for what a known command needs, through the binary: git over https and ssh, npm with a registry that wants a token.
import { afterAll, describe, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadTls } from "../proxy/index.ts";
import { call, respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";

const { makeAuthority } = await loadTls();
const TOKEN = "ghp_pl4ntedABCDEFGH0123456789";
const canProxy = Bun.spawnSync(["unshare", "-Urn", "true"]).exitCode === 0;
const has = (name: string) => Bun.which(name) !== null;
const backend = join(Bun.spawnSync(["git", "--exec-path"]).stdout.toString().trim(), "git-http-backend");
const ended: (() => void)[] = [];
afterAll(() => {
  for (const end of ended) end();
});

/** Answers every question with yes, once, and keeps it. */
function approver(w: TestWorld): { args: string[]; asked: () => Promise<unknown[]> } {
  const file = join(w.home, "..", "approve");
  const log = `${file}.log`;
  writeFileSync(file, `#!/bin/sh\ncat >> '${log}'; printf '\\n---\\n' >> '${log}'; echo '{"decision":"approved"}'\n`);
  chmodSync(file, 0o755);
  const asked = async () => {
    const text = existsSync(log) ? await Bun.file(log).text() : "";
    return text
      .split("\n---\n")
      .filter((one) => one.trim() !== "")
      .map((one) => JSON.parse(one).request.opens);
  };
  return {
    args: ["exec", "--json", "-s", "workspace-write", "-c", "approval_policy=on-request", "--approve-with", file],
    asked,
  };
}

const needs = (cmd: string, id: string) =>
  call("exec_command", { cmd, login: false, sandbox_permissions: "with_needs", justification: "it needs that" }, id);
const plain = (cmd: string, id: string) => call("exec_command", { cmd, login: false }, id);
const outputs = ({ server }: TestWorld) => {
  const { input = [] } = (server.requests.at(-1)?.body ?? {}) as { input?: { type: string; output?: string }[] };
  return input.flatMap(({ type, output }) => (type === "function_call_output" ? [output ?? ""] : []));
};

const sh = (cwd: string, env: Record<string, string>, script: string) => {
  const done = Bun.spawnSync(["sh", "-ec", script], { cwd, env, stdout: "pipe", stderr: "pipe" });
  if (done.exitCode !== 0) throw new Error(`${script}: ${done.stderr}`);
  return done.stdout.toString();
};

/** git's own server behind TLS and a password. */
function gitServer(root: string) {
  const authority = makeAuthority("test git", Date.now() / 1000, randomBytes);
  const { certificate, key } = authority.issue("localhost");
  const wanted = `Basic ${Buffer.from(`me:${TOKEN}`).toString("base64")}`;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: { cert: certificate, key },
    async fetch(request) {
      if (request.headers.get("authorization") !== wanted)
        return new Response("no", { status: 401, headers: { "www-authenticate": 'Basic realm="git"' } });
      const { pathname, search } = new URL(request.url);
      const body = Buffer.from(await request.arrayBuffer());
      const env = {
        PATH: process.env.PATH ?? "",
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: "1",
        REMOTE_USER: "me",
        REQUEST_METHOD: request.method,
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        CONTENT_TYPE: request.headers.get("content-type") ?? "",
        CONTENT_LENGTH: String(body.length),
        ...(request.headers.has("content-encoding") ? { HTTP_CONTENT_ENCODING: "gzip" } : {}),
        HTTP_GIT_PROTOCOL: request.headers.get("git-protocol") ?? "",
      };
      const cgi = Bun.spawn([backend], { env, stdin: body, stdout: "pipe", stderr: "inherit" });
      const out = Buffer.from(await new Response(cgi.stdout).arrayBuffer());
      const end = out.indexOf("\r\n\r\n");
      const lines = out.toString("latin1", 0, end).split("\r\n");
      const headers = new Headers(lines.map((line) => line.split(": ") as [string, string]));
      const status = Number(headers.get("status")?.slice(0, 3) ?? 200);
      headers.delete("status");
      return new Response(out.subarray(end + 4), { status, headers });
    },
  });
  ended.push(() => void server.stop(true));
  return { port: server.port ?? 0, certificate: authority.certificate };
}

describe.skipIf(!canProxy || !has("git"))("git over https", () => {
  test.skipIf(!existsSync(backend))("pushes with the credential that the proxy adds, after one question", async () => {
    const script = [respond(plain("git push origin HEAD:main", "c1")), respond(say("done"))];
    await using w = await world(script, { "a.txt": "a\n" });
    const root = join(w.home, "..", "remote-https");
    const server = gitServer(root);
    const at = `localhost:${server.port}`;
    const env = { HOME: w.home, PATH: process.env.PATH ?? "" };
    sh(
      w.project.dir,
      env,
      `git init -q --bare '${root}/r.git'; git -C '${root}/r.git' config http.receivepack true; git remote add origin https://${at}/r.git; git -c user.name=u -c user.email=u@e commit -q --allow-empty -m one`,
    );
    w.config(
      `[credentials."${at}"]\nenv_key = "GIT_TOKEN"\nuser = "me"\n[shell_environment_policy.set]\nno_proxy = ""\nNO_PROXY = ""\n`,
    );
    const trusted = join(w.home, "..", "git.pem");
    writeFileSync(trusted, server.certificate);
    const { args, asked } = approver(w);
    const ran = await w.moat([...args, "go"], { env: { GIT_TOKEN: TOKEN, NODE_EXTRA_CA_CERTS: trusted } });
    expect(outputs(w)[0]).toContain("HEAD -> main");
    const questions = await asked();
    expect(questions).toEqual([{ write: [], network: { hosts: [at] } }]);
    expect(sh(`${root}/r.git`, env, "git log --format=%s main").trim()).toBe("one");
    expect(ran.stdout + JSON.stringify(w.server.requests.at(-1)?.body)).not.toContain("pl4nted");
  });
});

describe.skipIf(!canProxy || !has("/usr/sbin/sshd") || !has("ssh-agent") || process.getuid?.() !== 0)(
  "git over ssh",
  () => {
    test("pushes with the agent's key, after one question", async () => {
      const script = [
        respond(needs("git push origin HEAD:main", "c1")),
        respond(plain("ssh-add -l; cat ~/.ssh/id; true", "c2")),
        respond(say("done")),
      ];
      await using w = await world(script, { "a.txt": "a\n" });
      // sshd takes nothing from where others may write, and an agent's path is short.
      const place = mkdtempSync("/var/tmp/moat-sshd-");
      ended.push(() => rmSync(place, { recursive: true, force: true }));
      const port = freePort();
      const user = Bun.spawnSync(["id", "-un"]).stdout.toString().trim();
      const env: Record<string, string> = {
        HOME: w.home,
        PATH: process.env.PATH ?? "",
        SSH_AUTH_SOCK: join(place, "agent"),
      };
      const agent = Bun.spawn(["ssh-agent", "-D", "-a", env.SSH_AUTH_SOCK ?? ""], {
        stdout: "ignore",
        stderr: "ignore",
      });
      ended.push(() => agent.kill());
      mkdirSync(join(w.home, ".ssh"), { mode: 0o700 });
      mkdirSync("/run/sshd", { recursive: true });
      sh(
        w.project.dir,
        env,
        `until [ -S "$SSH_AUTH_SOCK" ]; do sleep 0.02; done
      ssh-keygen -qt ed25519 -N "" -f ~/.ssh/id; ssh-keygen -qt ed25519 -N "" -f ${place}/host; ssh-add -q ~/.ssh/id
      cp ~/.ssh/id.pub ${place}/keys; git init -q --bare ${place}/r.git; git remote add origin ssh://${user}@localhost:${port}${place}/r.git
      echo "[localhost]:${port} $(cat ${place}/host.pub)" > ~/.ssh/known_hosts
      git -c user.name=u -c user.email=u@e commit -q --allow-empty -m one`,
      );
      const options = [
        `Port=${port}`,
        "ListenAddress=127.0.0.1",
        `HostKey=${place}/host`,
        `AuthorizedKeysFile=${place}/keys`,
        "StrictModes=no",
        "PidFile=none",
        "UsePAM=no",
      ];
      const sshd = Bun.spawn(["/usr/sbin/sshd", "-D", "-e", ...options.flatMap((one) => ["-o", one])], {
        stdout: "ignore",
        stderr: "pipe",
      });
      ended.push(() => sshd.kill());
      await waitFor(port);
      // ssh takes its files from the user list's home, which is not this test's.
      const ssh = `ssh -F none -o UserKnownHostsFile=${w.home}/.ssh/known_hosts -o IdentityFile=${w.home}/.ssh/id.pub`;
      w.config(`[shell_environment_policy.set]\nGIT_SSH_COMMAND = ${JSON.stringify(ssh)}\n`);
      const { args, asked } = approver(w);
      await w.moat([...args, "go"], { env: { SSH_AUTH_SOCK: env.SSH_AUTH_SOCK ?? "" } });
      const questions = await asked();
      expect(outputs(w)[0]).toContain("HEAD -> main");
      expect(questions).toEqual([
        {
          write: [],
          network: { hosts: [`localhost:${port}`] },
          sockets: [env.SSH_AUTH_SOCK],
          read: [`${w.home}/.ssh/id.pub`, `${w.home}/.ssh/known_hosts`],
        },
      ]);
      expect(outputs(w)[0]).not.toContain("Still running");
      expect(sh(`${place}/r.git`, env, "git log --format=%s main").trim()).toBe("one");
      // What was granted to the one command is closed to the next.
      expect(outputs(w)[1]).not.toContain("ED25519");
      expect(outputs(w)[1]).not.toContain("PRIVATE");
    });
  },
);

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop(true);
  return listener.port;
}

async function waitFor(port: number): Promise<void> {
  for (;;) {
    const reached = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } }).catch(() => null);
    if (reached) return void reached.end();
    await Bun.sleep(20);
  }
}
