import { isWithin } from "../base/index.ts";
import type { Effect, Escalation, Grant, Network } from "../protocol/index.ts";
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
}

/** What a user allowed until the process ends. */
export interface SessionGrant {
  effect: Effect;
  permit: Permit;
}

/** As the sandbox mode says and nothing more. */
export const AS_MODE: Permit = { sandboxed: true, extra_write: [], network: "none" };
export const OUTSIDE: Permit = { sandboxed: false, extra_write: [], network: "none" };

/** What the model asked for, as a permit. */
export function permitFor(escalation: Escalation | null): Permit {
  if (escalation === null) return AS_MODE;
  if (escalation.want === "network")
    return { ...AS_MODE, network: escalation.hosts ? { hosts: escalation.hosts } : "full" };
  if (escalation.want === "write" && escalation.target !== null)
    return { ...AS_MODE, extra_write: [escalation.target] };
  return OUTSIDE;
}

/** The narrowest permit that opens what was refused: a directory, the network, or all when nothing less does. */
export function permitAfter(opens: Grant | null, had: Permit): Permit {
  if (opens === null) return OUTSIDE;
  if ("network" in opens) {
    const network = eitherNetwork(had.network, opens.network);
    return networkCovers(had.network, network) ? OUTSIDE : { ...had, network };
  }
  if (had.extra_write.includes(opens.add_dir)) return OUTSIDE;
  return { ...had, extra_write: [...had.extra_write, opens.add_dir] };
}

/** What a rule that allows gives. */
export function permitOfRule({ sandboxed, write = [], network }: PrefixRule): Permit {
  return sandboxed ? { sandboxed, extra_write: [...write], network: network ?? "none" } : OUTSIDE;
}

/** The rule that `always` makes: as wide as what was asked, so a yes to the sandbox never lets anything out of it. */
export function ruleOf(prefix: readonly string[], permit: Permit): PrefixRule {
  const { sandboxed, extra_write, network } = permit;
  return {
    pattern: prefix.map((word) => [word]),
    decision: "allow",
    sandboxed,
    justification: null,
    place: null,
    ...(sandboxed && extra_write.length > 0 ? { write: extra_write } : {}),
    ...(sandboxed && network !== "none" ? { network } : {}),
  };
}

/** What either gives: several rules speak for the same command. */
export function eitherPermit(a: Permit, b: Permit): Permit {
  if (!a.sandboxed || !b.sandboxed) return OUTSIDE;
  const extra_write = [...new Set([...a.extra_write, ...b.extra_write])];
  return { sandboxed: true, extra_write, network: eitherNetwork(a.network, b.network) };
}

/** What both give: two parts of one command line run under one permit. */
export function both(a: Permit, b: Permit): Permit {
  if (!a.sandboxed) return b;
  if (!b.sandboxed) return a;
  const under = (one: Permit, other: Permit) =>
    one.extra_write.filter((path) => other.extra_write.some((root) => isWithin(path, root)));
  const extra_write = [...new Set([...under(a, b), ...under(b, a)])];
  return { sandboxed: true, extra_write, network: bothNetworks(a.network, b.network) };
}

/** True when everything that `needed` opens is open under `given`. */
export function covers(given: Permit, needed: Permit): boolean {
  if (!given.sandboxed) return true;
  const writes = needed.extra_write.every((path) => given.extra_write.some((root) => isWithin(path, root)));
  return needed.sandboxed && writes && networkCovers(given.network, needed.network);
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
