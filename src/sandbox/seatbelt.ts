// The profile for macOS's sandbox-exec, in its profile language (SBPL). The last rule that matches wins, so what is denied
// comes after what is allowed. Tested as text; it has not run on a Mac yet.

import { dirname } from "node:path";
import { isBeneath, isWithin } from "../base/index.ts";
import type { SandboxReport } from "../protocol/index.ts";
import { type Sandbox, SandboxError, type SandboxPolicy } from "./contract.ts";
import { shellLaunch } from "./launch/shell-launch.ts";

/** By absolute path: another program of that name could be first in PATH. */
const SANDBOX_EXEC = "/usr/bin/sandbox-exec";

export type ProfileResult = { ok: true; profile: string } | { ok: false; message: string };

/** What every program needs to start, to talk to its children and to use a terminal. */
const BASE = `(version 1)
(deny default)
(allow process-exec)
(allow process-fork)
(allow signal (target same-sandbox))
(allow process-info* (target same-sandbox))
(allow sysctl-read)
(allow user-preference-read)
(allow ipc-posix-sem)
(allow ipc-posix-shm*)
(allow iokit-open (iokit-registry-entry-class "RootDomainUserClient"))
(allow mach-lookup
  (global-name "com.apple.system.opendirectoryd.libinfo")
  (global-name "com.apple.system.notification_center")
  (global-name "com.apple.PowerManagement.control"))
(allow file-read*)
(allow file-write-data file-ioctl
  (literal "/dev/null") (literal "/dev/zero") (literal "/dev/tty") (literal "/dev/dtracehelper"))
(allow pseudo-tty)
(allow file-read* file-write* file-ioctl
  (literal "/dev/ptmx")
  (regex #"^/dev/ttys[0-9]+$"))`;

/** Loopback only. It is the machine's own: macOS has no network namespaces. */
const LOOPBACK = `(allow system-socket)
(allow network-bind network-inbound (local ip "localhost:*"))
(allow network-outbound (remote ip "localhost:*"))`;

/** The network, with the services that name resolution and certificates need. */
const NETWORK = `(allow system-socket)
(allow network*)
(allow mach-lookup
  (global-name "com.apple.SystemConfiguration.configd")
  (global-name "com.apple.SystemConfiguration.DNSConfiguration")
  (global-name "com.apple.trustd.agent")
  (global-name "com.apple.networkd")
  (global-name "com.apple.SecurityServer"))`;

/** The profile that enforces a policy, or why there can be none. */
export function seatbeltProfile(policy: SandboxPolicy): ProfileResult {
  const bad = [...policy.writable, ...policy.protected, ...policy.hidden].find((path) => /[\0-\x1f\x7f]/.test(path));
  if (bad !== undefined) {
    return { ok: false, message: `${JSON.stringify(bad)} has a control character in its name: no profile can hold it` };
  }
  if (typeof policy.net !== "string") {
    return { ok: false, message: "single hosts cannot be opened: the network is open as a whole or not at all" };
  }
  if (policy.mode === "danger-full-access" || policy.mode === "external") {
    return { ok: true, profile: "(version 1)\n(allow default)\n" };
  }
  const parts = [BASE, ...places(policy), ...policy.hidden.map(hide), network(policy), ...unixSockets(policy)];
  return { ok: true, profile: `${parts.join("\n")}\n` };
}

/** Allowed and denied places, outer ones first: a place inside another one has the last word. */
function places({ writable, protected: closed }: SandboxPolicy): string[] {
  const rules = [
    ...writable.map((path) => ({ path: realOnMac(path), text: allowWriting(path) })),
    ...closed.map((path) => ({ path: realOnMac(path), text: denyWriting(path, writable) })),
  ];
  return rules.sort((a, b) => a.path.length - b.path.length).map(({ text }) => text);
}

function allowWriting(path: string): string {
  return `(allow file-write* (subpath ${literal(path)}))`;
}

/**
 * The place itself as well as what is beneath it: with `subpath` alone it could still be made when it is absent. What holds
 * it may not be moved away either, or it would be made anew under its old name.
 */
function denyWriting(path: string, writable: string[]): string {
  const deny = `(deny file-write* (literal ${literal(path)}) (subpath ${literal(path)}))`;
  const above = ancestors(path, writable).map((directory) => `(literal ${literal(directory)})`);
  return above.length === 0 ? deny : `${deny}\n(deny file-write-unlink ${above.join(" ")})`;
}

/** Directories between a writable root and a place in it, the root included. */
function ancestors(path: string, writable: string[]): string[] {
  const root = writable.find((candidate) => isBeneath(path, candidate));
  const found: string[] = [];
  for (let at = dirname(path); root !== undefined && isWithin(at, root); at = dirname(at)) {
    found.push(at);
    if (at === "/") break;
  }
  return found;
}

function hide(path: string): string {
  return `(deny file-read* file-write* (literal ${literal(path)}) (subpath ${literal(path)}))`;
}

function network({ net }: SandboxPolicy): string {
  return net === "full" ? NETWORK : LOOPBACK;
}

/** `masked`: sockets that commands make themselves, in the places that they may write. */
function unixSockets({ unix, writable, net }: SandboxPolicy): string[] {
  if (unix === "none") return net === "full" ? ["(deny network* (local unix-socket) (remote unix-socket))"] : [];
  if (unix === "allow") return ["(allow network* (local unix-socket) (remote unix-socket))"];
  const own = writable.map((path) => `(subpath ${literal(path)})`).join(" ");
  return [
    ...(net === "full" ? ["(deny network* (local unix-socket) (remote unix-socket))"] : []),
    ...(own === ""
      ? []
      : [
          `(allow network-bind network-inbound (local unix-socket ${own}))`,
          `(allow network-outbound (remote unix-socket ${own}))`,
        ]),
  ];
}

/** A path as SBPL takes it: by its real place, with quotes and backslashes escaped. */
function literal(path: string): string {
  return `"${realOnMac(path).replace(/[\\"]/g, "\\$&")}"`;
}

/** /tmp, /var and /etc are links on every Mac, and the kernel compares real paths. */
function realOnMac(path: string): string {
  return ["/tmp", "/var", "/etc"].some((link) => isWithin(path, link)) ? `/private${path}` : path;
}

/** The sandbox of macOS. */
export function seatbeltSandbox(): Sandbox {
  return {
    tier: "seatbelt",
    launch(argv, policy, _cwd, env, output = "merged") {
      const result = seatbeltProfile(policy);
      if (!result.ok) throw new SandboxError(result.message);
      const report = reportOf(policy);
      const enforced: Record<string, unknown> = { ...report, fs: report.fs !== "full", net: report.net !== "full" };
      const missing = policy.require.find((name) => enforced[name] !== true);
      if (missing !== undefined) throw new SandboxError(`"${missing}" is required, and Seatbelt does not enforce it`);
      return shellLaunch([SANDBOX_EXEC, "-p", result.profile], argv, env, report, output);
    },
  };
}

function reportOf(policy: SandboxPolicy): SandboxReport {
  const open = policy.mode === "danger-full-access" || policy.mode === "external";
  return {
    tier: "seatbelt",
    abi: 0,
    fs: policy.mode === "read-only" || policy.mode === "workspace-write" ? policy.mode : "full",
    carve: !open,
    carve_absent: !open,
    hidden: !open,
    hidden_absent: !open,
    metadata: !open,
    net: policy.net === "full" ? "full" : "none",
    unix: open ? "allow" : policy.unix,
    loopback: true,
    ipc: !open,
    tree_kill: false,
  };
}
