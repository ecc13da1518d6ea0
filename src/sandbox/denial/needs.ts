// A known command that failed for the lack of what it needs: all of that is named at once.
import { isWithin } from "../../base/index.ts";
import type { CommandNeeds, SandboxReport } from "../../protocol/index.ts";
import type { SandboxPolicy } from "../contract.ts";
import { realPathOfNew } from "../paths.ts";
import type { RefusedPart } from "./phrases.ts";
import type { FoundDenial } from "./syscalls.ts";

interface Lacking {
  policy: SandboxPolicy;
  report: SandboxReport;
  needs?(): CommandNeeds | null;
}

/** What of its needs a command did not have; null: nothing, or none are known. */
export function lackingNeeds({ policy, report, needs }: Lacking): CommandNeeds | null {
  const needed = needs?.() ?? null;
  if (needed === null || policy.unix === "allow") return null;
  const { net } = policy;
  const proxied = report.net === "proxy" && typeof net !== "string" ? net.hosts : [];
  const open = (host: string) => report.net === "full" || proxied.includes(host);
  // Without networks of their own single hosts cannot be opened, and a single socket mostly not.
  if (report.tier === "landlock" || report.tier === "seatbelt") return null;
  const hidden = (path: string) => policy.hidden.some((store) => isWithin(realPathOfNew(path), store));
  const lacking = {
    hosts: needed.hosts.filter((host) => !open(host)),
    sockets: needed.sockets.filter((path) => policy.sockets?.includes(path) !== true),
    read: needed.read.filter(hidden),
  };
  return lacking.hosts.length + lacking.sockets.length + lacking.read.length === 0 ? null : lacking;
}

/** The refusal of a known command, when what it lacks can be why. */
export function judgeNeeds(refusal: RefusedPart, lacking: CommandNeeds): FoundDenial | null {
  if (refusal.kind === "file" && !(refusal.access !== "write" && lacking.read.includes(refusal.path))) return null;
  if (refusal.kind === "network" && lacking.hosts.length === 0) return null;
  if (refusal.kind === "syscall" || refusal.kind === "cache" || refusal.kind === "login") return null;
  const { hosts, sockets, read } = lacking;
  const parts = [
    ...(hosts.length > 0 ? [`the network to ${hosts.join(", ")}`] : []),
    ...sockets.map((path) => `the socket ${path}`),
    ...(read.length > 0 ? [`reading ${read.join(", ")}`] : []),
  ];
  return {
    rule: hosts.length > 0 ? "network_access" : "unix",
    kind: "network",
    target: hosts[0] ?? sockets[0] ?? null,
    explanation: `The sandbox gives this command less than it needs, which is ${parts.join(", ")} (sandbox_permissions: with_needs).`,
    opens: { needs: lacking },
  };
}
