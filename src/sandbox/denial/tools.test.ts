// What everyday tools print when the sandbox stops them, and what is made of it: rule, target, grant.
import { describe, expect, test } from "bun:test";
import type { Grant, SandboxReport } from "../../protocol/index.ts";
import { POLICY, REPORT } from "./denial.suite.ts";
import { explainDenial } from "./denial.ts";
import type { Facts } from "./facts.ts";

const policy = { ...POLICY, protected: ["/w/.git", "/w/.husky"] };
const directories = ["/", "/h", "/h/u", "/h/u/.npm", "/h/u/.cache", "/h/u/.config", "/w", "/w/.git", "/w/.git/hooks"];
directories.push("/h/u/.local", "/h/u/.local/share", "/h/u/.local/share/pnpm", "/h/u/.local/share/pnpm/store", "/var");
directories.push("/usr", "/usr/share", "/usr/share/git-core", "/usr/share/git-core/templates", "/var/lib", "/run");
directories.push("/var/lib/nginx", "/h/u/.cache/uv");
const facts: Facts = {
  couldWrite: () => true,
  isDirectory: (path) => directories.includes(path),
  isSocket: () => false,
  exists: () => true,
  listens: () => false,
  is_root: true,
  counters: true,
  textOf: () => null,
};

const explain = (output: string, tier: SandboxReport["tier"] = "ns", exit_code = 1) =>
  explainDenial(
    { policy, report: { ...REPORT, tier }, exit_code, output, command: "x", cwd: "/w", home: "/h/u" },
    facts,
  );

type Row = [tool: string, output: string, rule: string | null, target: string | null, opens: Grant | null];

const DCONF =
  "(process:7): dconf-CRITICAL **: 10:00:00.000: unable to create file '/h/u/.cache/dconf/user': Read-only file system.  dconf will not work properly.";
const CF =
  "▲ [WARNING] Unable to fetch the `Request.cf` object! TypeError: fetch failed: getaddrinfo EAI_AGAIN workers.cloudflare.com";

const rows: Row[] = [
  [
    "node-gyp without headers",
    "gyp ERR! stack Error: ENOENT: no such file or directory, mkdir '/h/u/.cache/node-gyp'",
    "writable_roots",
    "/h/u/.cache/node-gyp",
    null,
  ],
  [
    "a tool with a directory in ~/.cache",
    "OSError: [Errno 30] Read-only file system: '/h/u/.cache/thing'",
    "writable_roots",
    "/h/u/.cache/thing",
    null,
  ],
  [
    "uv, whose cache is there",
    "error: failed to open `/h/u/.cache/uv/x`: Read-only file system (os error 30)",
    "writable_roots",
    "/h/u/.cache/uv/x",
    { add_dir: "/h/u/.cache/uv" },
  ],
  [
    "pnpm, offline",
    " ERR_PNPM_NO_OFFLINE_TARBALL  A package is missing from the store but cannot download it in offline mode.",
    "private_caches",
    "/h/u/.local/share/pnpm/store",
    { add_dir: "/h/u/.local/share/pnpm/store" },
  ],
  [
    "npm ci --offline",
    "npm error code ENOTCACHED\nnpm error request to https://registry.npmjs.org/x failed: cache mode is 'only-if-cached' but no cached response is available.",
    "private_caches",
    "/h/u/.npm",
    { add_dir: "/h/u/.npm" },
  ],
  [
    "maven without ~/.m2",
    "[ERROR] Could not create local repository at /h/u/.m2/repository -> [Help 1]",
    "writable_roots",
    "/h/u/.m2/repository",
    null,
  ],
  [
    "soffice",
    `${DCONF}\nThe application cannot be started.\nUser installation could not be completed.`,
    "writable_roots",
    "/h/u/.config/libreoffice",
    null,
  ],
  [
    "wrangler dev",
    `${CF}\n✘ [ERROR] EROFS: read-only file system, mkdir '/h/u/.config/.wrangler'`,
    "writable_roots",
    "/h/u/.config/.wrangler",
    null,
  ],
  ["a warning alone", DCONF, null, null, null],
  [
    "astro build",
    "ENOENT: no such file or directory, mkdir '/h/u/.config/astro'",
    "writable_roots",
    "/h/u/.config/astro",
    null,
  ],
  [
    "two levels down",
    "ENOENT: no such file or directory, mkdir '/h/u/.tool/state/x'",
    "writable_roots",
    "/h/u/.tool/state/x",
    null,
  ],
  [
    "pm2",
    "Error: ENOENT: no such file or directory, open '/h/u/.pm2/pm2.log'",
    "writable_roots",
    "/h/u/.pm2/pm2.log",
    null,
  ],
  [
    "a file that is only read",
    "Error: ENOENT: no such file or directory, open '/h/u/.tool/config.json'",
    null,
    null,
    null,
  ],
  [
    "cabal",
    "/h/u/.cabal/config.tmp: openFile: permission denied (Permission denied)",
    "writable_roots",
    "/h/u/.cabal/config.tmp",
    null,
  ],
  [
    "chromium --headless",
    "[1:1:ERROR:headless] Failed to create headless user data directory container.",
    "writable_roots",
    "/h/u/.config/chromium",
    null,
  ],
  [
    "git init",
    "fatal: cannot copy '/usr/share/git-core/templates/description' to '/w/.git/description': Read-only file system",
    "protected",
    "/w/.git/description",
    { add_dir: "/w/.git" },
  ],
  [
    "git's templates",
    "touch: cannot touch '/usr/share/git-core/templates/hooks/x': Read-only file system",
    "writable_roots",
    "/usr/share/git-core/templates/hooks/x",
    null,
  ],
  [
    "git config",
    "error: could not lock config file .git/config: Read-only file system",
    "protected",
    "/w/.git/config",
    null,
  ],
  [
    "lefthook",
    "Error: open /w/.git/hooks/pre-commit: read-only file system",
    "protected",
    "/w/.git/hooks/pre-commit",
    null,
  ],
  [
    "podman",
    'Error: creating runtime static files directory "/var/lib/containers/storage/libpod": mkdir /var/lib/containers/storage: read-only file system',
    "namespaces",
    null,
    null,
  ],
  ["perf", "Error:\nNo permission to enable cycles:u event.", "counters", null, null],
  ["debootstrap", "mknod: /w/root/test-dev-null: Permission denied", "devices", null, null],
  ["prlimit", "prlimit: failed to set the NOFILE resource limit: Operation not permitted", "limits", null, null],
  [
    "nginx",
    'nginx: [emerg] mkdir() "/var/lib/nginx/body" failed (30: Read-only file system)',
    "writable_roots",
    "/var/lib/nginx/body",
    { add_dir: "/var/lib/nginx" },
  ],
  [
    "a directory of the system",
    "touch: cannot touch '/var/lib/x': Read-only file system",
    "writable_roots",
    "/var/lib/x",
    null,
  ],
];

for (const [tool, output, rule, target, opens] of rows) {
  test(tool, () => {
    const denial = explain(output);
    const seen = denial && { rule: denial.rule, target: denial.target, opens: denial.opens };
    expect(seen).toEqual(rule === null ? null : { rule, target, opens });
  });
}

describe("what is told", () => {
  test("in colour: they stick to the words beside them", () => {
    const output = `${CF}\n\x1b[31m✘ \x1b[1mENOENT: no such file or directory, mkdir '/h/u/.config/.wrangler'\x1b[0m`;
    expect(explain(output)?.target).toBe("/h/u/.config/.wrangler");
  });

  describe("the reason is in a file that the command line names", () => {
    const said = 'FATAL:  could not create lock file "/var/lib/nginx/x.lock": Read-only file system';
    const inLog = (command: string, log: string) =>
      explainDenial(
        { policy, report: REPORT, exit_code: 1, output: "Examine the log output.", command, cwd: "/w", home: "/h/u" },
        { ...facts, textOf: (path) => (path === log ? said : null) },
      )?.target ?? null;

    test.each([
      ["pg_ctl -D db -l log start", "/w/log"],
      ["server --log=run/out.log", "/w/run/out.log"],
      ["cd sub && make >build.log 2>&1", "/w/sub/build.log"],
      ["make &>>all.log", "/w/all.log"],
    ])("%s", (command, log) => expect(inLog(command, log)).toBe("/var/lib/nginx/x.lock"));

    test.each([
      ["a file outside the writable directories", "server -l /h/u/.ssh/id", "/h/u/.ssh/id"],
      ["a device", "make 2>/dev/null", "/dev/null"],
      ["a stream", "make 2>&1", "/w/1"],
    ])("but not %s", (_, command, log) => expect(inLog(command, log)).toBeNull());
  });

  test("what a tool does without, where its place cannot be granted", () => {
    const denied = (path: string) => explain(`Error: EROFS: read-only file system, open '${path}'`)?.explanation;
    expect(denied("/h/u/.erlang.cookie")).toContain("-setcookie NAME");
    expect(denied("/h/u/.config/astro/x")).toContain("ASTRO_TELEMETRY_DISABLED=1");
    expect(denied("/h/u/.npm/x")).not.toContain("Without it");
  });

  test("that a new work tree takes two grants", () => {
    const output =
      "fatal: cannot lock ref 'refs/heads/x': Unable to create '/w/.git/refs/heads/x.lock': Read-only file system";
    const ended = { policy, report: REPORT, exit_code: 255, output, cwd: "/w", home: "/h/u" };
    const told = (command: string) => explainDenial({ ...ended, command }, facts)?.explanation;
    expect(told("git worktree add ../x")).toContain("two grants");
    expect(told("git branch x")).not.toContain("two grants");
  });

  test("the last refusal counts", () => {
    const first = "touch: cannot touch '/var/lib/nginx/a': Read-only file system";
    const last = "touch: cannot touch '/h/u/.npm/b': Read-only file system";
    expect(explain(`${first}\n${last}`)?.target).toBe("/h/u/.npm/b");
    expect(explain(`${last}\n${first}`)?.target).toBe("/var/lib/nginx/a");
  });

  test("how a directory that is not there can be granted", () => {
    const denial = explain("ENOENT: no such file or directory, mkdir '/h/u/.config/astro/x'");
    expect(denial?.explanation).toContain("mkdir -p /h/u/.config/astro)");
  });

  test("the same where even ~/.config is missing", () => {
    const without = { ...facts, isDirectory: (path: string) => path !== "/h/u/.config" && directories.includes(path) };
    const output = "ENOENT: no such file or directory, mkdir '/h/u/.config/astro'";
    const denial = explainDenial(
      { policy, report: REPORT, exit_code: 1, output, command: "x", cwd: "/w", home: "/h/u" },
      without,
    );
    expect(denial?.explanation).toContain("mkdir -p /h/u/.config/astro)");
  });

  test("what a tool went on without, though it ended with 0", () => {
    const husky = "error: could not lock config file .git/config: Read-only file system";
    expect(explain(`${husky}\ndone`, "ns", 0)?.target).toBe("/w/.git/config");
    const next =
      "Aborting.\n Error: ENOENT: no such file or directory, mkdir '/h/u/.config/create-next-app-nodejs'\n    at run (x)";
    expect(explain(next, "ns", 0)?.target).toBe("/h/u/.config/create-next-app-nodejs");
    expect(explain("touch: cannot touch '/var/lib/nginx/a': Read-only file system", "ns", 0)).toBeNull();
  });

  test("LeakSanitizer, where nothing may be traced", () => {
    const output = "==7==LeakSanitizer has encountered a fatal error.";
    expect(explain(output, "landlock")?.explanation).toContain("detect_leaks=0");
    expect(explain(output, "ns")).toBeNull();
  });

  test("a cache that is writable by name lacks nothing of the sandbox's", () => {
    const granted = { ...policy, writable: [...policy.writable, "/h/u/.npm"] };
    const ended = { policy: granted, report: REPORT, exit_code: 1, command: "x", cwd: "/w", home: "/h/u" };
    expect(explainDenial({ ...ended, output: "npm error code ENOTCACHED" }, facts)).toBeNull();
  });
});
