// Attacks on moat's own sandbox, for `moat sandbox doctor`. Each runs first without the sandbox: what cannot succeed there
// proves nothing. Effects are judged from outside: a file that changed, a server that was reached, a process that died.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A place to attack from, and what is attacked. */
export interface AttackTarget {
  /** Writable inside the sandbox. */
  workspace: string;
  /** Not writable. */
  outside: string;
  /** Hidden. */
  secret_file: string;
  /** Of a server that counts its visitors. */
  tcp_port: number;
  unix_socket: string;
  visits(): number;
  /** A process outside, started anew for each attempt. */
  victim_pid: number;
  victimDied(): Promise<boolean>;
  /** Text that no other process has in its command line. */
  mark: string;
}

/** One attack. `protection` is the field of the report that it is about. */
export interface Attack {
  name: string;
  protection: "fs" | "hidden" | "metadata" | "carve" | "net" | "unix" | "ipc" | "tree_kill" | "syscalls";
  /** A POSIX shell script that tries. */
  script(target: AttackTarget): string;
  /** The attack got what it wanted. */
  succeeded(target: AttackTarget): boolean | Promise<boolean>;
  /** Puts things back for the next attempt. */
  reset(target: AttackTarget): void;
}

const SECRET = "top secret";

/** A connection with whatever is installed. */
const connect = (port: number) =>
  `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}' || curl -s -m 2 http://127.0.0.1:${port} || wget -q -t 1 -T 2 -O- http://127.0.0.1:${port} || nc -z -w 2 127.0.0.1 ${port}`;
const connectUnix = (path: string) =>
  `curl -s -m 2 --unix-socket '${path}' http://x || nc -U -w 2 '${path}' </dev/null || python3 -c 'import socket,sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])' '${path}'`;

const file = (path: (target: AttackTarget) => string) => ({
  succeeded: (target: AttackTarget) => existsSync(path(target)),
  reset: (target: AttackTarget) => rmSync(path(target), { recursive: true, force: true }),
});
const kept = ({ outside }: AttackTarget) => join(outside, "kept");
const KEPT_MODE = 0o600;
const stolen = ({ workspace }: AttackTarget) => join(workspace, "stolen");
const visited = (before: Map<AttackTarget, number>) => ({
  succeeded: (target: AttackTarget) => target.visits() > (before.get(target) ?? 0),
  reset: (target: AttackTarget) => void before.set(target, target.visits()),
});

/** To look through all processes costs as much as an attack: once for each try is enough, as no mark is there before. */
const leftBehind = () => {
  const found: number[] = [];
  return {
    succeeded: ({ mark }: AttackTarget) => found.push(...pidsWith(mark)) > 0,
    reset: () => {
      for (const pid of found.splice(0)) process.kill(pid, "SIGKILL");
    },
  };
};

export const ATTACKS: Attack[] = [
  {
    name: "write a file outside the workspace",
    protection: "fs",
    script: ({ outside }) => `echo x >'${outside}/planted'`,
    ...file(({ outside }) => join(outside, "planted")),
  },
  {
    name: "write outside through a symlink in the workspace",
    protection: "fs",
    script: ({ workspace, outside }) => `cd '${workspace}' && ln -sfn '${outside}' link && echo x >link/planted`,
    ...file(({ outside }) => join(outside, "planted")),
  },
  {
    name: "read a credential store",
    protection: "hidden",
    script: ({ secret_file, workspace }) => `cat '${secret_file}' >'${workspace}/stolen'`,
    succeeded: (target) => existsSync(stolen(target)) && readFileSync(stolen(target), "utf8").includes(SECRET),
    reset: (target) => rmSync(stolen(target), { force: true }),
  },
  {
    name: "change the mode of a file outside",
    protection: "metadata",
    script: (target) => `chmod 777 '${kept(target)}'`,
    succeeded: (target) => (statSync(kept(target)).mode & 0o777) !== KEPT_MODE,
    reset: (target) => chmodSync(kept(target), KEPT_MODE),
  },
  {
    name: "plant a git hook",
    protection: "carve",
    script: ({ workspace }) => `cd '${workspace}' && echo x >.git/hooks/pre-commit`,
    ...file(({ workspace }) => join(workspace, ".git/hooks/pre-commit")),
  },
  {
    name: "replace a protected directory by moving it away",
    protection: "carve",
    script: ({ workspace }) =>
      `cd '${workspace}' && mv .git away && mkdir -p .git/hooks && echo x >.git/hooks/pre-commit`,
    succeeded: ({ workspace }) => existsSync(join(workspace, ".git/hooks/pre-commit")),
    reset: ({ workspace }) => {
      for (const name of [".git", "away"]) rmSync(join(workspace, name), { recursive: true, force: true });
      mkdirSync(join(workspace, ".git/hooks"), { recursive: true });
      writeFileSync(join(workspace, ".git/HEAD"), "ref: refs/heads/main\n");
    },
  },
  {
    name: "reach a server of this machine",
    protection: "net",
    script: ({ tcp_port }) => connect(tcp_port),
    ...visited(new Map()),
  },
  {
    name: "use a unix socket of a program outside",
    protection: "unix",
    script: ({ unix_socket }) => connectUnix(unix_socket),
    ...visited(new Map()),
  },
  {
    name: "end a process outside",
    protection: "ipc",
    script: ({ victim_pid }) => `kill -KILL ${victim_pid}`,
    succeeded: (target) => target.victimDied(),
    reset: () => undefined,
  },
  {
    name: "leave a process behind",
    protection: "tree_kill",
    script: ({ mark }) => `setsid sh -c 'sleep 30; : ${mark}' >/dev/null 2>&1 & sleep 0.1`,
    ...leftBehind(),
  },
  {
    name: "make namespaces of its own",
    protection: "syscalls",
    script: ({ workspace }) => `unshare -U true && echo x >'${workspace}/stolen'`,
    ...file(stolen),
  },
];

/** Processes whose command line holds the text. */
function pidsWith(text: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => commandLine(pid).includes(text))
    .map(Number);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** Makes the files of a target in an empty directory. */
export function prepareTarget(base: string): { workspace: string; outside: string; home: string; secret_file: string } {
  const [workspace, outside, home] = [join(base, "workspace"), join(base, "outside"), join(base, "home")];
  for (const path of [join(workspace, ".git/hooks"), outside, join(home, ".ssh")]) mkdirSync(path, { recursive: true });
  const secret_file = join(home, ".ssh", "id_test");
  writeFileSync(join(workspace, ".git/HEAD"), "ref: refs/heads/main\n");
  writeFileSync(secret_file, SECRET);
  writeFileSync(join(outside, "kept"), "");
  return { workspace, outside, home, secret_file };
}
