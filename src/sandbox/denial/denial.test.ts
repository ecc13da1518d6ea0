import { describe, expect, test } from "bun:test";
import type { SandboxReport } from "../../protocol/index.ts";
import type { SandboxPolicy } from "../contract.ts";
import { POLICY, REPORT } from "./denial.suite.ts";
import { denialText, explainDenial } from "./denial.ts";
import type { Facts } from "./facts.ts";

const policy: SandboxPolicy = {
  ...POLICY,
  protected: ["/w/.git", "/w/.vscode/settings.json"],
  hidden: ["/home/u/.ssh"],
};
const directories = ["/", "/home", "/home/u", "/home/u/.npm", "/opt", "/opt/data", "/w", "/w/.git", "/usr", "/usr/lib"];
const facts: Facts = {
  couldWrite: (path) => !path.startsWith("/root-only"),
  isDirectory: (path) => directories.includes(path),
  isSocket: (path) => path === "/var/run/docker.sock",
  exists: () => true,
  listens: (port) => port === 5432,
  is_root: false,
  counters: true,
  textOf: () => null,
};

interface Case {
  output: string;
  command?: string;
  exit_code?: number;
  policy?: Partial<SandboxPolicy>;
  report?: Partial<SandboxReport>;
}

function explain(given: Case | string) {
  const one = typeof given === "string" ? { output: given } : given;
  const ended = {
    policy: { ...policy, ...one.policy },
    report: { ...REPORT, ...one.report },
    exit_code: one.exit_code ?? 1,
    output: one.output,
    command: one.command ?? "x",
    cwd: "/w/sub",
    home: "/home/u",
  };
  return explainDenial(ended, facts);
}

describe("writing outside", () => {
  const outputs: [string, string][] = [
    ["coreutils", "touch: cannot touch '/opt/data/a b': Read-only file system"],
    ["coreutils, utf-8 quotes", "mkdir: cannot create directory ‘/opt/data/a b’: Permission denied"],
    ["bash redirection", "bash: line 1: /opt/data/a: Read-only file system"],
    ["dash redirection", "sh: 1: cannot create /opt/data/a: Permission denied"],
    ["relative", "cp: cannot create regular file '../../opt/data/a': Read-only file system"],
    ["tee", "tee: /opt/data/a: Permission denied"],
    ["python", "PermissionError: [Errno 13] Permission denied: '/opt/data/a'"],
    ["python, read-only", "OSError: [Errno 30] Read-only file system: '/opt/data/a'"],
    ["node", "Error: EROFS: read-only file system, open '/opt/data/a'"],
    ["node, two paths", "Error: EACCES: permission denied, rename '/w/a' -> '/opt/data/a'"],
    ["npm", "npm error code EACCES\nnpm error syscall mkdir\nnpm error path /opt/data/a\nnpm error errno -13"],
    ["cargo", "error: failed to open: /opt/data/a\n\nCaused by:\n  Read-only file system (os error 30)"],
    ["go", "go: could not create module cache: mkdir /opt/data/a: read-only file system"],
    ["java", "java.nio.file.AccessDeniedException: /opt/data/a"],
    ["ruby", "Permission denied @ rb_sysopen - /opt/data/a (Errno::EACCES)"],
    ["git", "fatal: Unable to create '/opt/data/.git/index.lock': Read-only file system"],
    ["linker", "/usr/bin/ld: cannot open output file /opt/data/a: Permission denied"],
    ["dpkg", "E: Could not open lock file /opt/data/lock - open (30: Read-only file system)"],
    ["node, recursive", "Error: ENOENT: no such file or directory, mkdir '/opt/data/a'"],
    ["sed", "sed: couldn't open temporary file /opt/data/sedX1: Permission denied"],
  ];
  for (const [name, output] of outputs) {
    test(name, () => {
      const denial = explain(output);
      expect(denial).toMatchObject({ rule: "writable_roots", kind: "write", grant: "--add-dir /opt/data" });
      expect(denial?.target).toStartWith("/opt/data/");
    });
  }

  test("grants are as narrow as they can be, quoted, and none when they would open everything", () => {
    directories.push("/opt/it's");
    const grantOf = (path: string) => {
      const denial = explain(`touch: cannot touch "${path}": Read-only file system`);
      return [denial?.opens, denial?.grant];
    };
    expect(grantOf("/opt/it's/x")).toEqual([{ add_dir: "/opt/it's" }, '--add-dir "/opt/it\'s"']);
    expect(grantOf("/home/u/.npm/_cacache/tmp/1")).toEqual([{ add_dir: "/home/u/.npm" }, "--add-dir /home/u/.npm"]);
    expect(grantOf("/home/u/new")).toEqual([null, null]);
    expect(grantOf("/top")).toEqual([null, null]);
  });

  test("a relative path is looked for where the command went", () => {
    const output = "touch: cannot touch 'a': Read-only file system";
    expect(explain({ output, command: "cd /opt && cd 'data' && touch a" })?.target).toBe("/opt/data/a");
    expect(explain({ output, command: "touch a" })).toBeNull();
  });

  test("a line that is data is not read", () => {
    expect(explain(`${"x".repeat(60_000)}/opt/data/a: Permission denied`)).toBeNull();
  });

  test("in read-only mode the grant is the mode, and the directory where that is not enough", () => {
    const read = { mode: "read-only" as const, writable: [], protected: [] };
    const run = (path: string) =>
      explain({
        output: `touch: cannot touch '${path}': Read-only file system`,
        policy: read,
        report: { fs: "read-only" },
      });
    expect(run("a")).toMatchObject({
      rule: "read-only",
      target: "/w/sub/a",
      opens: { add_dir: "/w/sub" },
      grant: "-s workspace-write",
    });
    expect(run("/opt/data/a")).toMatchObject({
      opens: { add_dir: "/opt/data" },
      grant: "-s workspace-write --add-dir /opt/data",
    });
  });
});

describe("protected and hidden places", () => {
  test("the repository", () => {
    const denial = explain("error: could not lock config file ../.git/config: Read-only file system");
    expect(denial).toMatchObject({ rule: "protected", target: "/w/.git/config", grant: null });
    expect(explain("fatal: Unable to create '/w/.git/index.lock': Read-only file system")?.grant).toBe(
      "--add-dir /w/.git",
    );
    expect(denial?.explanation).toContain("Plain git commands");
  });

  test("a file, for which there is no grant", () => {
    expect(explain("tee: /w/.vscode/settings.json: Permission denied")).toMatchObject({
      rule: "protected",
      opens: null,
      grant: null,
    });
  });

  test("moving what holds one", () => {
    expect(explain("mv: cannot move '/w/.vscode' to '/w/x': Device or resource busy")?.rule).toBe("protected");
    expect(explain("umount: /opt/data: Device or resource busy")).toBeNull();
  });

  test("where nothing enforced it, nothing is blamed on it", () => {
    expect(explain({ output: "tee: /w/.git/config: Permission denied", report: { carve: false } })).toBeNull();
    const output = "chmod: changing permissions of '/w/.git/config': Operation not permitted";
    expect(explain({ output, report: { carve: false, metadata: false } })).toBeNull();
    expect(explain({ output, report: { carve: false } })?.rule).toBe("protected");
  });

  test("a credential store, also when it is only read", () => {
    expect(explain("cat: /home/u/.ssh/id_ed25519: Permission denied")).toMatchObject({
      rule: "hidden",
      kind: "read",
      grant: null,
    });
  });
});

describe("network", () => {
  const outputs: [string, string, string | null][] = [
    ["curl", "curl: (6) Could not resolve host: example.com", "example.com"],
    ["wget", "wget: unable to resolve host address ‘example.com’", "example.com"],
    ["git", "fatal: unable to access 'https://example.com/a.git/': Could not resolve host: example.com", "example.com"],
    ["ssh", "ssh: Could not resolve hostname example.com: Temporary failure in name resolution", "example.com"],
    [
      "npm",
      "npm error request to https://example.com/x failed, reason: getaddrinfo EAI_AGAIN example.com",
      "example.com",
    ],
    ["node", "Error: getaddrinfo ENOTFOUND example.com", "example.com"],
    ["python", "socket.gaierror: [Errno -3] Temporary failure in name resolution", null],
    ["pip", "HTTPSConnectionPool(host='example.com', port=443): Max retries (NameResolutionError(…", "example.com"],
    ["cargo", "  [6] Could not resolve hostname (Could not resolve host: example.com)", "example.com"],
    [
      "go",
      "dial tcp: lookup example.com on 10.0.0.1:53: dial udp: connect: network is unreachable i/o timeout",
      "example.com",
    ],
    ["go, address", "dial tcp 192.0.2.1:443: connect: network is unreachable", "192.0.2.1:443"],
    ["node, address", "Error: connect ENETUNREACH 192.0.2.1:443 - Local (0.0.0.0:0)", "192.0.2.1:443"],
    [
      "curl, address",
      "curl: (7) Failed to connect to 192.0.2.1 port 443 after 0 ms: Couldn't connect",
      "192.0.2.1:443",
    ],
    ["apt", "  Temporary failure resolving 'example.com'", "example.com"],
    ["java", "java.net.UnknownHostException: example.com", "example.com"],
    ["reqwest", "dns error: failed to lookup address information: Temporary failure in name resolution", null],
    ["python, address", "OSError: [Errno 101] Network is unreachable", null],
  ];
  for (const [name, output, target] of outputs) {
    test(name, () => {
      expect(explain(output)).toMatchObject({
        rule: "network_access",
        kind: "network",
        target,
        opens: { network: "full" },
        grant: "-c sandbox_workspace_write.network_access=true",
      });
    });
  }

  test("in read-only mode the mode has to change as well", () => {
    const output = "curl: (6) Could not resolve host: example.com";
    expect(explain({ output, policy: { mode: "read-only" } })?.grant).toBe(
      "-s workspace-write -c sandbox_workspace_write.network_access=true",
    );
  });

  test("an open network is not blamed", () => {
    const output = "curl: (6) Could not resolve host: nowhere.invalid";
    expect(explain({ output, policy: { net: "full" }, report: { net: "full" } })).toBeNull();
  });

  test("nothing listens on loopback: that is the program's own trouble", () => {
    expect(explain("curl: (7) Failed to connect to localhost port 3000 after 0 ms")).toBeNull();
    expect(explain("Error: connect ECONNREFUSED 127.0.0.1:3000")).toBeNull();
  });

  test("a server outside is not reachable over the sandbox's own loopback", () => {
    const denial = explain("Error: connect ECONNREFUSED 127.0.0.1:5432");
    expect(denial?.target).toBe("127.0.0.1:5432");
    expect(denial?.explanation).toContain("served outside");
  });

  test("where loopback is missing, that is said", () => {
    const outputs = [
      "Error: listen EPERM: operation not permitted 0.0.0.0:3000",
      "    s = socket.socket()\nPermissionError: [Errno 1] Operation not permitted",
      "ping: socket: Operation not permitted",
    ];
    for (const output of outputs) {
      expect(explain({ output, report: { tier: "landlock", loopback: false } })?.explanation).toContain(
        "loopback: false",
      );
      expect(explain(output)).toBeNull();
    }
  });
});

describe("other refusals", () => {
  test("sockets of programs outside", () => {
    const output = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";
    expect(explain(output)).toMatchObject({ rule: "unix", target: "/var/run/docker.sock" });
    expect(explain({ output, policy: { unix: "allow" } })).toBeNull();
    expect(explain("Cannot connect to the Docker daemon at unix:///run/none.sock.")).toBeNull();
  });

  test("system calls", () => {
    expect(explain({ output: "", exit_code: 159 })?.rule).toBe("seccomp");
    expect(explain('sudo: The "no new privileges" flag is set, which prevents sudo')?.rule).toBe("no_new_privs");
    const traced = "strace: ptrace(PTRACE_TRACEME, ...): Operation not permitted";
    expect(explain({ output: traced, report: { tier: "landlock" } })?.rule).toBe("ptrace");
    expect(explain("[1:1] No usable sandbox! Update your kernel")?.explanation).toContain("--no-sandbox");
    expect(explain("mount: /mnt: must be superuser to use mount.")).toBeNull();
  });
});

describe("what is not the sandbox's doing", () => {
  const outputs: [string, string | Case][] = [
    ["success", { output: "touch: cannot touch '/opt/data/a': Read-only file system", exit_code: 0 }],
    ["a failing test", "1 test failed: expected 3, got 4 in /opt/data/a.js"],
    ["a file mode inside", "bash: line 1: ./script.sh: Permission denied"],
    ["a file mode outside", "tee: /root-only/a: Permission denied"],
    ["a file that is not executable", { output: "bash: line 1: /opt/data/a: Permission denied", exit_code: 126 }],
    ["reading what only root reads", "cat: /opt/data/shadow: Permission denied"],
    ["a missing directory", "Error: ENOENT: no such file or directory, mkdir '/opt/data/a/b'"],
    ["a warning", "warning: unable to access '/opt/data/a': Read-only file system\nerror: something else"],
    ["a kernel place", "bash: /proc/sys/kernel/x: Permission denied"],
    ["a word that is no path", "fatal: permission denied by policy"],
    [
      "no confinement",
      {
        output: "touch: cannot touch '/opt/data/a': Read-only file system",
        report: { tier: "none", fs: "full", net: "full", hidden: false },
      },
    ],
    ["publickey", "git@example.com: Permission denied (publickey)."],
  ];
  for (const [name, given] of outputs) test(name, () => expect(explain(given)).toBeNull());

  test("in read-only mode, words that only stand before the phrase are no paths", () => {
    const read = { policy: { mode: "read-only" as const, writable: [] }, report: { fs: "read-only" as const } };
    for (const output of [
      "fatal: permission denied by policy",
      "error: failed: permission denied",
      "git@example.com: Permission denied (publickey).",
      "HTTP 403: permission denied",
      "the server said 'no': permission denied",
    ]) {
      expect(explain({ output, ...read })).toBeNull();
    }
    expect(explain({ output: "bash: line 1: my file: Read-only file system", ...read })?.target).toBe("/w/sub/my file");
  });
});

test("the text names cause, rule and grant in that order", () => {
  const denial = explain("touch: cannot touch '/opt/data/a': Read-only file system");
  if (!denial) throw new Error("no denial");
  expect(denialText(denial)).toBe(
    "The sandbox allows no writing to /opt/data/a: it is outside the writable directories. (sandbox rule: writable_roots) " +
      "To allow exactly this: --add-dir /opt/data",
  );
  expect(denialText({ ...denial, grant: null })).toContain("outside the sandbox");
});
