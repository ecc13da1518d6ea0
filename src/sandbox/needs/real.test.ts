// Sockets of programs that really run outside: an agent of ssh, one of gpg, and a server at the place of docker's. What a grant opens is
// open, and nothing beside it.
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePlace, makeTestUser, offeredTiers, policyOf, runConfined } from "../fixture.ts";
import { needsOf } from "./needs.ts";
import { outsideOf } from "./outside.ts";

const base = makePlace("needs");
const user = makeTestUser(base, "u");
const path = process.env.PATH ?? "";
const tiers = new Map(await offeredTiers(join(base, "cache")));
// An agent's path is at most 107 bytes long.
const short = mkdtempSync("/tmp/moat-n-");
const env: Record<string, string> = {
  PATH: path,
  HOME: user.home,
  GNUPGHOME: join(user.home, ".gnupg"),
  LC_ALL: "C.UTF-8",
};
const ended: (() => void)[] = [];
afterAll(() => {
  for (const end of ended) end();
  rmSync(base, { recursive: true, force: true });
  rmSync(short, { recursive: true, force: true });
});

const has = (name: string) => Bun.which(name) !== null;
const sh = (script: string) => {
  const done = Bun.spawnSync(["sh", "-ec", script], { env, cwd: user.workspace, stdout: "pipe", stderr: "pipe" });
  if (done.exitCode !== 0) throw new Error(`${script}: ${done.stderr}`);
  return done.stdout.toString();
};
const outside = () => outsideOf(user.home, env);

/** What the table says that a command needs, as a policy has it. */
function granted(line: string) {
  const needs = needsOf(["/bin/sh", "-c", line], user.workspace, outside());
  return { needs, policy: { allow_sockets: needs?.sockets ?? [], allow_reading: needs?.read ?? [] } };
}

async function runWith(line: string, policy: Parameters<typeof policyOf>[1], variables: Record<string, string> = {}) {
  const sandbox = tiers.get("ns");
  if (!sandbox) throw new Error("there is no ns tier");
  const sets = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'; `);
  // A login shell's shape matters to the table, not to the sandbox.
  const argv = ["/bin/sh", "-c", `${sets.join("")}${line}`];
  const resolved = await policyOf(user, policy);
  for (;;) {
    const done = await runConfined(sandbox, argv, resolved, { ...user, path, always_git: true });
    // Any program of the machine may have a socket at this moment that nobody can find, and that closes the family: again, until there is none.
    if (!policy?.allow_sockets?.length || done.report.unix !== "none") return done;
  }
}

function startAgent(): void {
  env.SSH_AUTH_SOCK = join(short, "agent");
  const agent = Bun.spawn(["ssh-agent", "-D", "-a", env.SSH_AUTH_SOCK], { env, stdout: "ignore", stderr: "ignore" });
  ended.push(() => agent.kill());
  sh(
    'until [ -S "$SSH_AUTH_SOCK" ]; do sleep 0.02; done; mkdir -p -m 700 ~/.ssh; ssh-keygen -qt ed25519 -N "" -f ~/.ssh/id; ssh-add -q ~/.ssh/id',
  );
  writeFileSync(join(user.home, ".ssh", "known_hosts"), "git.example ssh-ed25519 AAAA\n");
}

describe.skipIf(!tiers.has("ns") || !has("ssh-agent") || !has("git"))("ssh's agent", () => {
  test("is covered, and with a grant lists its keys; the key file stays hidden, known_hosts and public keys do not", async () => {
    startAgent();
    const list = "ssh-add -l";
    const before = await runWith(list, {}, env);
    expect(before.exit_code).not.toBe(0);
    sh("git init -q . && git remote add origin git@git.example:a/b.git");
    const { needs, policy } = granted("git push");
    expect(needs).toEqual({
      hosts: ["git.example:22"],
      sockets: [env.SSH_AUTH_SOCK ?? ""],
      read: [join(user.home, ".ssh", "id.pub"), join(user.home, ".ssh", "known_hosts")],
    });
    const after = await runWith(
      `${list} && cat ~/.ssh/known_hosts ~/.ssh/id.pub; cat ~/.ssh/id; echo new > ~/.ssh/new`,
      policy,
      env,
    );
    expect(after.output).toContain("ED25519");
    expect(after.output).toContain("git.example ssh-ed25519");
    expect(after.output).not.toContain("PRIVATE KEY");
    expect(after.output).toMatch(/id: Permission denied/);
    expect(existsSync(join(user.home, ".ssh", "new"))).toBe(false);
    expect(after.report.unix).toBe("masked");
  });

  test("signs a commit with it, and another socket stays covered", async () => {
    const other = join(short, "other");
    const server = Bun.listen({ unix: other, socket: { data() {}, open: (socket) => void socket.end("reached") } });
    ended.push(() => server.stop(true));
    sh(
      'git config gpg.format ssh; git config user.signingkey "$HOME/.ssh/id.pub"; git config user.name u; git config user.email u@e',
    );
    const line = "git commit -q --allow-empty -S -m signed";
    const { policy } = granted(line);
    const refused = await runWith(line, {}, env);
    expect(refused.exit_code).not.toBe(0);
    const done = await runWith(line, policy, env);
    expect([done.exit_code, done.output]).toEqual([0, ""]);
    expect(sh("git cat-file -p HEAD")).toContain("BEGIN SSH SIGNATURE");
    const script = `import socket\\ns=socket.socket(1,1)\\ns.connect("${other}")\\nprint(s.recv(9))`;
    const reached = await runWith(`printf '${script}' | python3 -`, policy, env);
    expect(reached.output).toContain("Error");
    expect(reached.output).not.toContain("reached");
  });
});

describe.skipIf(!tiers.has("ns") || !has("gpg") || !has("gpgconf") || !has("git"))("gpg's agent", () => {
  test("signs a commit, and its private keys stay hidden", async () => {
    mkdirSync(env.GNUPGHOME ?? "", { mode: 0o700 });
    sh(
      'gpg -q --batch --passphrase "" --quick-gen-key u@e ed25519 sign never 2>/dev/null; gpgconf --launch gpg-agent; git init -q .',
    );
    ended.push(() => sh("gpgconf --kill gpg-agent"));
    sh(
      "git config gpg.format openpgp; git config user.signingkey u@e; git config user.name u; git config user.email u@e",
    );
    const line = "git commit -q --allow-empty -S -m by-gpg";
    const { needs, policy } = granted(line);
    expect(needs?.sockets).toHaveLength(1);
    expect((await runWith(line, {}, env)).exit_code).not.toBe(0);
    const done = await runWith(line, policy, env);
    expect([done.exit_code, done.output]).toEqual([0, ""]);
    expect(sh("git cat-file -p HEAD")).toContain("BEGIN PGP SIGNATURE");
    const keys = await runWith("cat ~/.gnupg/private-keys-v1.d/*", policy, env);
    expect(keys.output).toMatch(/Permission denied|No such file/);
  });
});

describe.skipIf(!tiers.has("ns"))("a socket of a daemon", () => {
  test("is reached with a grant alone", async () => {
    const place = join(short, "docker.sock");
    const server = Bun.listen({ unix: place, socket: { data() {}, open: (socket) => void socket.end("daemon") } });
    ended.push(() => server.stop(true));
    chmodSync(place, 0o666);
    const script = `import socket\\ns=socket.socket(1,1)\\ns.connect("${place}")\\nprint(s.recv(9))`;
    const line = `printf '${script}' | python3 -`;
    expect((await runWith(line, {})).output).not.toContain("daemon");
    expect((await runWith(line, { allow_sockets: [place] })).output).toContain("daemon");
  });
});

describe.skipIf(!tiers.has("landlock"))("without namespaces", () => {
  test("a grant of one socket does not open the others", async () => {
    const sandbox = tiers.get("landlock");
    if (!sandbox) return;
    const [one, two] = [join(short, "one"), join(short, "two")];
    const servers = [one, two].map((unix) =>
      Bun.listen({ unix, socket: { data() {}, open: (s) => void s.end("reached") } }),
    );
    ended.push(() => servers.map((server) => server.stop(true)));
    const script = `import socket\\ns=socket.socket(1,1)\\ns.connect("${two}")\\nprint(s.recv(9))`;
    const policy = await policyOf(user, { allow_sockets: [one] });
    const done = await runConfined(sandbox, ["/bin/sh", "-c", `printf '${script}' | python3 -`], policy, {
      ...user,
      path,
    });
    expect(done.output).not.toContain("reached");
    expect(done.report.unix).toBe("none");
    expect(readFileSync("/proc/net/unix", "utf8")).toContain(one);
  });
});
