// The words of real tools, as they are installed here, in the real sandbox. What is not installed is skipped and counted.
import { afterAll, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePlace, makeTestUser, offeredTiers, policyOf, runConfined } from "../fixture.ts";

const base = makePlace("denial");
afterAll(() => rmSync(base, { recursive: true, force: true }));
const user = { ...makeTestUser(base, "u"), path: process.env.PATH ?? "" };
const outside = join(base, "outside");
mkdirSync(outside);
mkdirSync(join(user.home, ".npm"));
mkdirSync(join(user.home, ".ssh"));
writeFileSync(join(user.home, ".ssh", "id"), "secret");
writeFileSync(join(user.workspace, "package.json"), '{"name":"x","version":"1.0.0"}');
writeFileSync(join(user.workspace, "not-executable"), "#!/bin/sh\n");
for (const args of [
  ["init", "-q"],
  ["-c", "user.name=T", "-c", "user.email=t@e", "commit", "-qm", "x", "--allow-empty"],
]) {
  execFileSync("git", args, { cwd: user.workspace, stdio: "ignore" });
}

interface Case {
  tool: string;
  script: string;
  rule: string | null;
  target?: string;
}

const file = join(outside, "a b");
const cases: Case[] = [
  { tool: "sh", script: `echo x > '${file}'`, rule: "writable_roots", target: file },
  { tool: "bash", script: `bash -c "echo x > '${file}'"`, rule: "writable_roots", target: file },
  { tool: "touch", script: `touch '${file}'`, rule: "writable_roots", target: file },
  { tool: "mkdir", script: `mkdir '${file}'`, rule: "writable_roots", target: file },
  { tool: "cp", script: `cp package.json '${file}'`, rule: "writable_roots", target: file },
  { tool: "mv", script: `echo > x; mv x '${file}'`, rule: "writable_roots", target: file },
  { tool: "ln", script: `ln -s x '${file}'`, rule: "writable_roots", target: file },
  { tool: "tee", script: `echo x | tee '${file}' >/dev/null; exit 1`, rule: "writable_roots", target: file },
  { tool: "dd", script: `dd if=/dev/zero of='${file}' count=1`, rule: "writable_roots", target: file },
  { tool: "install", script: `install -m 644 package.json '${file}'`, rule: "writable_roots", target: file },
  { tool: "tar", script: `tar cf '${file}' package.json`, rule: "writable_roots", target: file },
  { tool: "python3", script: `python3 -c "open('${file}','w')"`, rule: "writable_roots", target: file },
  { tool: "node", script: `node -e "fs.writeFileSync('${file}','')"`, rule: "writable_roots", target: file },
  {
    tool: "perl",
    script: `perl -e 'open(F,">","${file}") or die "${file}: $!"'`,
    rule: "writable_roots",
    target: file,
  },
  { tool: "git", script: `git init '${file}'`, rule: "writable_roots" },
  {
    tool: "gcc",
    script: `echo 'int main(){}' > m.c; gcc m.c -o '${outside}/m'`,
    rule: "writable_roots",
    target: `${outside}/m`,
  },
  { tool: "npm", script: `cd '${outside}' && npm pack '${user.workspace}'`, rule: "writable_roots" },
  { tool: "pip", script: `python3 -m pip install --no-index --target '${outside}/x' .`, rule: null },
  { tool: "cat", script: `cat ~/.ssh/id`, rule: "hidden", target: join(user.home, ".ssh/id") },
  { tool: "grep", script: "grep -r secret ~/.ssh", rule: "hidden" },
  { tool: "curl", script: "curl -sS http://example.invalid/", rule: "network_access" },
  { tool: "curl", script: "curl -sS -m 3 http://192.0.2.1/", rule: "network_access" },
  { tool: "wget", script: "wget http://example.invalid/", rule: "network_access" },
  {
    tool: "git",
    script: "git ls-remote https://example.invalid/x.git",
    rule: "network_access",
    target: "example.invalid",
  },
  { tool: "npm", script: "npm view x --registry http://example.invalid --fetch-retries 0", rule: "network_access" },
  {
    tool: "python3",
    script: `python3 -c "import urllib.request as u; u.urlopen('http://example.invalid')"`,
    rule: "network_access",
  },
  {
    tool: "node",
    script: `node -e "fetch('http://example.invalid').catch(e => { console.error(e.cause); process.exit(1) })"`,
    rule: "network_access",
  },
  {
    tool: "pip",
    script: "python3 -m pip download --retries 1 --no-cache-dir -i https://example.invalid/simple x",
    rule: "network_access",
  },
  {
    tool: "cargo",
    script: "cargo new --vcs none c >/dev/null 2>&1; cd c; CARGO_NET_RETRY=0 cargo add serde",
    rule: "network_access",
  },
  { tool: "ssh", script: "ssh -o BatchMode=yes example.invalid true", rule: "network_access" },
  { tool: "ping", script: "ping -c 1 192.0.2.1", rule: "network_access" },
  // Failures that the sandbox has no part in.
  { tool: "sh", script: "./not-executable", rule: null },
  { tool: "sh", script: "cat missing; ls /proc/nowhere", rule: null },
  { tool: "sh", script: "exit 3", rule: null },
  { tool: "node", script: "node -e 'throw new Error(\"boom\")'", rule: null },
  { tool: "git", script: "git log --nonsense", rule: null },
  { tool: "sh", script: "echo x > /proc/version", rule: null },
];

const installed = new Set(cases.map(({ tool }) => tool).filter((tool) => Bun.which(tool) !== null));

for (const [tier, sandbox] of await offeredTiers(join(base, "bin"))) {
  describe(tier, () => {
    for (const { tool, script, rule, target } of cases) {
      test.skipIf(!installed.has(tool))(script.replaceAll(base, "…"), async () => {
        const ended = await runConfined(sandbox, ["/bin/sh", "-c", script], await policyOf(user), user);
        const seen = `${ended.exit_code}: ${ended.output}`;
        expect({ seen, rule: ended.denial?.rule ?? null }).toEqual({ seen, rule });
        if (target !== undefined) expect(ended.denial?.target).toBe(target);
      });
    }
  });
}
