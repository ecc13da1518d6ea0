import { join, resolve } from "node:path";
import { isWithin } from "../../base/index.ts";
import { networkCovers } from "../../policy/index.ts";
import type { Effect, Escalation } from "../../protocol/index.ts";
import {
  hostEntries,
  kindOf,
  needsOf,
  outsideOf,
  realPath,
  type Sandbox,
  type SandboxPolicy,
} from "../../sandbox/index.ts";
import { type ConfinedThread, keepPlace } from "./confinement.ts";
import { type RefusedCall, refused } from "./refusal.ts";

type Command = Effect & { kind: "command" };

/**
 * Holds what the model asks for against the disk: the directory as it really is, symlinks followed, so that the user is asked
 * about the place that would be opened. What the sandbox gives anyway is not asked for. The message is for the model.
 * @param policy what the call has without it
 * @param by_name the sandbox can open single hosts
 */
export function checkEscalation(
  state: ConfinedThread,
  effect: Effect,
  policy: SandboxPolicy,
  by_name: boolean,
): { ok: true; effect: Effect } | RefusedCall {
  if (effect.kind !== "command" || effect.escalation === null) return { ok: true, effect };
  const { escalation } = effect;
  if (policy.mode === "danger-full-access" || policy.mode === "external") return { ok: true, effect };
  if (escalation.want === "network" && policy.net === "full")
    return { ok: true, effect: { ...effect, escalation: null } };
  if (escalation.want === "needs" || escalation.want === "network") {
    const needs = knownNeeds(state, effect, escalation);
    if (needs !== null) return { ok: true, effect: { ...effect, escalation: { ...escalation, needs } } };
    if (escalation.want === "needs") return refused("policy", UNKNOWN_NEEDS);
    return { ok: true, effect: { ...effect, escalation: named(escalation, policy, by_name) } };
  }
  if (escalation.want !== "write") return { ok: true, effect };
  const found = writeTarget(state, effect, escalation);
  if (!found.ok) return found;
  keepPlace(state, found.path);
  // What lies in a writable directory may still be protected: that stays a question.
  const given = policy.writable.some((root) => isWithin(found.path, root));
  const kept = policy.protected.some((place) => isWithin(found.path, place));
  const narrowed = given && !kept ? null : { ...escalation, target: found.path };
  return { ok: true, effect: { ...effect, escalation: narrowed } };
}

/** What the command is known to need takes the place of the whole network; hosts that the model names are needed beside. */
function knownNeeds({ services, settings }: ConfinedThread, effect: Command, { hosts = [] }: Escalation) {
  const outside = outsideOf(services.home, { ...services.env, ...settings.shell_environment_policy.set });
  const needs = needsOf(effect.argv, effect.cwd, outside);
  return needs && { ...needs, hosts: [...new Set([...needs.hosts, ...(hostEntries(hosts) ?? [])])] };
}

/**
 * What is asked where a tier has no networks of its own: single hosts cannot be opened there, and one socket not without the others. So
 * it is the network as a whole, or no sandbox.
 */
export function askedWithin(effect: Effect, tier: Sandbox["tier"]): Effect {
  if (effect.kind !== "command" || !effect.escalation?.needs || tier === "ns" || tier === "ns-only") return effect;
  const { needs, ...escalation } = effect.escalation;
  const want = needs.sockets.length > 0 ? "full" : "network";
  return { ...effect, escalation: { ...escalation, want } };
}

const UNKNOWN_NEEDS =
  "with_needs knows plain commands alone (git with a remote or a signature, npm, pip, docker), and only where what they need is " +
  "there (an agent that runs, its socket). Give it a line with nothing else in it, or ask with with_network or with_write";

/** Hosts as the list takes them. Where one of them is none, or none can be opened by name, the question is about the whole network. */
function named({ hosts, ...whole }: Escalation, { net }: SandboxPolicy, by_name: boolean): Escalation | null {
  const entries = by_name && hosts ? hostEntries(hosts) : null;
  if (entries === null) return whole;
  return networkCovers(net, { hosts: entries }) ? null : { ...whole, hosts: entries };
}

function writeTarget(
  { services }: Pick<ConfinedThread, "services">,
  { cwd }: Command,
  { target }: Escalation,
): { ok: true; path: string } | RefusedCall {
  const named = target ?? "";
  const path = named.startsWith("~/") ? join(services.home, named.slice(2)) : resolve(cwd, named);
  const refuse = (why: string) => refused("policy", `with_write cannot open ${named}: ${why}`);
  const real = kindOf(path) === "directory" ? realPath(path) : null;
  if (real === null) return refuse("it is no directory that exists; name the directory that holds it");
  return real === "/" ? refuse("that is everything; name the directories that are meant") : { ok: true, path: real };
}
