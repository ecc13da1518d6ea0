import { isWithin } from "../base/index.ts";
import type { CommandNeeds, Effect, Escalation, Grant, Network } from "../protocol/index.ts";
import { bothNetworks, eitherNetwork, networkCovers } from "./network.ts";
import type { PrefixRule } from "./rules/rule.ts";

/** The confinement that a call runs under, relative to the thread's sandbox mode. */
export interface Permit {
  /** false: without any confinement. true: as the sandbox mode says, plus what follows. */
  sandboxed: boolean;
  /** More directories that may be written, absolute. */
  extra_write: string[];
  /** What of the network may be reached beside what the mode gives. */
  network: Network;
  /** Sockets of programs outside that may be reached, absolute. */
  sockets: string[];
  /** Files of hidden stores that may be read, absolute. */
  read: string[];
}

/** What a user allowed until the process ends. */
export interface SessionGrant {
  effect: Effect;
  permit: Permit;
}

/** As the sandbox mode says and nothing more. */
export const AS_MODE: Permit = { sandboxed: true, extra_write: [], network: "none", sockets: [], read: [] };
export const OUTSIDE: Permit = { ...AS_MODE, sandboxed: false };

/** Sockets of programs that start others as root, or whatever they are told: who reaches one is as good as out of the sandbox. */
const CONTAINER_SOCKET = /\/(?:docker|podman|containerd|crio|buildkitd)\.sock$/;

/** The first socket of a permit through which a command is as good as out of the sandbox; null: there is none. */
export function leadsOut({ sockets }: Pick<Permit, "sockets">): string | null {
  return sockets.find((path) => CONTAINER_SOCKET.test(path)) ?? null;
}

/** What the model asked for, as a permit. */
export function permitFor(escalation: Escalation | null): Permit {
  if (escalation === null) return AS_MODE;
  if (escalation.needs) return withNeeds(AS_MODE, escalation.needs);
  if (escalation.want === "network")
    return { ...AS_MODE, network: escalation.hosts ? { hosts: escalation.hosts } : "full" };
  if (escalation.want === "write" && escalation.target !== null)
    return { ...AS_MODE, extra_write: [escalation.target] };
  return OUTSIDE;
}

function withNeeds(had: Permit, { hosts, sockets, read }: CommandNeeds): Permit {
  const network = hosts.length === 0 ? had.network : eitherNetwork(had.network, { hosts });
  return { ...had, network, sockets: union(had.sockets, sockets), read: union(had.read, read) };
}

/** The narrowest permit that opens what was refused: a directory, hosts and sockets, the network, or all when nothing less does. */
export function permitAfter(opens: Grant | null, had: Permit): Permit {
  if (opens === null) return OUTSIDE;
  if ("needs" in opens) {
    const wider = withNeeds(had, opens.needs);
    return covers(had, wider) ? OUTSIDE : wider;
  }
  if ("network" in opens) {
    const network = eitherNetwork(had.network, opens.network);
    return networkCovers(had.network, network) ? OUTSIDE : { ...had, network };
  }
  if (had.extra_write.includes(opens.add_dir)) return OUTSIDE;
  return { ...had, extra_write: [...had.extra_write, opens.add_dir] };
}

/** What a rule that allows gives. */
export function permitOfRule({ sandboxed, write = [], network, sockets = [], read = [] }: PrefixRule): Permit {
  if (!sandboxed) return OUTSIDE;
  return { sandboxed, extra_write: [...write], network: network ?? "none", sockets: [...sockets], read: [...read] };
}

/** The rule that `always` makes: as wide as what was asked, so a yes to the sandbox never lets anything out of it. */
export function ruleOf(prefix: readonly string[], permit: Permit): PrefixRule {
  const { sandboxed, extra_write, network, sockets, read } = permit;
  return {
    pattern: prefix.map((word) => [word]),
    decision: "allow",
    sandboxed,
    justification: null,
    place: null,
    ...(sandboxed && extra_write.length > 0 ? { write: extra_write } : {}),
    ...(sandboxed && network !== "none" ? { network } : {}),
    ...(sandboxed && sockets.length > 0 ? { sockets } : {}),
    ...(sandboxed && read.length > 0 ? { read } : {}),
  };
}

/** What either gives: several rules speak for the same command. */
export function eitherPermit(a: Permit, b: Permit): Permit {
  if (!a.sandboxed || !b.sandboxed) return OUTSIDE;
  return {
    sandboxed: true,
    extra_write: union(a.extra_write, b.extra_write),
    network: eitherNetwork(a.network, b.network),
    sockets: union(a.sockets, b.sockets),
    read: union(a.read, b.read),
  };
}

const union = (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])];
const shared = (a: readonly string[], b: readonly string[]) => a.filter((path) => b.includes(path));

/** What both give: two parts of one command line run under one permit. */
export function both(a: Permit, b: Permit): Permit {
  if (!a.sandboxed) return b;
  if (!b.sandboxed) return a;
  const under = (one: Permit, other: Permit) =>
    one.extra_write.filter((path) => other.extra_write.some((root) => isWithin(path, root)));
  return {
    sandboxed: true,
    extra_write: union(under(a, b), under(b, a)),
    network: bothNetworks(a.network, b.network),
    sockets: shared(a.sockets, b.sockets),
    read: shared(a.read, b.read),
  };
}

/** True when everything that `needed` opens is open under `given`. */
export function covers(given: Permit, needed: Permit): boolean {
  if (!given.sandboxed) return true;
  const writes = needed.extra_write.every((path) => given.extra_write.some((root) => isWithin(path, root)));
  const files = [...needed.sockets, ...needed.read].every((path) => [...given.sockets, ...given.read].includes(path));
  return needed.sandboxed && writes && files && networkCovers(given.network, needed.network);
}

/** The permit that a user gave this very effect for the session, when it is wide enough for what is needed now. */
export function sessionPermit(effect: Effect, needed: Permit, grants: readonly SessionGrant[]): Permit | null {
  return grants.find((grant) => isSame(grant.effect, effect) && covers(grant.permit, needed))?.permit ?? null;
}

/** The exact command in the same directory; files that were all granted; the same tool of the same server. */
function isSame(granted: Effect, effect: Effect): boolean {
  if (granted.kind === "command" && effect.kind === "command") {
    const sameWords = granted.argv.length === effect.argv.length && granted.argv.every((w, i) => w === effect.argv[i]);
    return sameWords && granted.cwd === effect.cwd;
  }
  if (granted.kind === "patch" && effect.kind === "patch") {
    const known = new Set(changedPaths(granted));
    return changedPaths(effect).every((path) => known.has(path));
  }
  if (granted.kind === "mcp" && effect.kind === "mcp") {
    return granted.server === effect.server && granted.tool === effect.tool;
  }
  return false;
}

/** Every path that a patch touches, where moved files go included. */
export function changedPaths(effect: Effect & { kind: "patch" }): string[] {
  return effect.changes.flatMap(({ path, move_path }) => (move_path === undefined ? [path] : [path, move_path]));
}
