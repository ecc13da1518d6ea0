import { join, resolve } from "node:path";
import { eitherNetwork, type Permit } from "../../policy/index.ts";
import { configuredNetwork, hostsOf, type Network } from "../../protocol/index.ts";
import {
  KnownRepositories,
  kindOf,
  type OwnPlaces,
  type Reach,
  ResolvedPolicies,
  realPath,
  type SandboxPolicy,
} from "../../sandbox/index.ts";
import { TurnFailed } from "../failed.ts";
import type { Part } from "../state.ts";

export type ConfinedThread = Part<"permissions" | "settings" | "services">;

/** A permit, and what it comes to on this disk. */
export interface Confinement {
  permit: Permit;
  policy: SandboxPolicy;
  /** Where programs could have been put. */
  reach: Reach;
  /** Variables that lead tools to caches which they may write, and to certificates that they are to trust. */
  cache_env: Record<string, string>;
  /** It runs because it is known to only read: nothing that the project names is started for it. */
  reads?: true;
  /** It is known to only read: nothing is kept for undo. */
  only_reads?: true;
}

/** Resolves a permit against the disk. Ends the turn when that comes to nothing sound. */
export async function confine(state: ConfinedThread, permit: Permit): Promise<Confinement> {
  const { settings, services } = state;
  const { allow_sockets = [], allow_reading = [], ...write } = settings.sandbox_workspace_write;
  const always = settings.sandbox_mode === "workspace-write";
  holdPlaces(state, permit);
  state.permissions.policies ??= new ResolvedPolicies();
  const input = {
    mode: permit.sandboxed ? settings.sandbox_mode : "danger-full-access",
    cwd: settings.cwd,
    home: services.home,
    moat_home: services.moat_home,
    env: services.env,
    tmpdir: services.env.TMPDIR ?? null,
    ...write,
    extra_write: permit.extra_write,
    allow_sockets: [...(always ? allow_sockets : []), ...permit.sockets],
    allow_reading: [...(always ? allow_reading : []), ...permit.read],
    key_files: services.key_files,
    extra_protect: [...services.held, ...[...knownRepositories(state).linked].filter((path) => kindOf(path) !== null)],
  };
  const resolved = state.permissions.policies.resolve(input, services.date().getTime(), ownPlaces(state, permit));
  if (!resolved.ok) throw new TurnFailed({ kind: "sandbox_unavailable", message: resolved.message, retryable: false });
  const net = withRules(state, eitherNetwork(resolved.policy.net, permit.network));
  const broker = typeof net === "string" ? undefined : services.credentials;
  const policy = { ...resolved.policy, net, ...(broker ? { intercept: broker.intercept } : {}) };
  return { permit, policy, reach: resolved.reach, cache_env: { ...resolved.caches?.env, ...broker?.env } };
}

/** The network with what rules open and close of it by name. They open nothing where nothing may be written, or the administrator says no. */
function withRules({ settings, services, permissions }: ConfinedThread, net: Network): Network {
  const rules = permissions.rules.network ?? [];
  if (net === "full" || rules.length === 0 || services.administrator.no_network !== null) return net;
  const opened = settings.sandbox_mode === "workspace-write" ? rules.filter((entry) => !entry.startsWith("!")) : [];
  const hosts = [...new Set([...hostsOf(net), ...opened])];
  return hosts.length === 0 ? net : { hosts: [...hosts, ...rules.filter((entry) => entry.startsWith("!"))] };
}

/** What is made for a thread's workspace; null where nothing is written, or nothing is confined. */
function ownPlaces(state: ConfinedThread, permit: Permit): OwnPlaces | null {
  const { settings, services } = state;
  if (!permit.sandboxed || settings.sandbox_mode !== "workspace-write") return null;
  const network = withRules(state, eitherNetwork(configuredNetwork(settings.sandbox_workspace_write), permit.network));
  const named = [...settings.sandbox_workspace_write.writable_roots, ...permit.extra_write];
  return { base: join(services.home, ".cache", "moat"), network, named };
}

/** Holds every directory that a permit makes writable to its place (`keepPlace`): once more right before something runs. */
export function holdPlaces(state: ConfinedThread, permit: Permit): void {
  const { settings, services } = state;
  const { writable_roots } = settings.sandbox_workspace_write;
  const named = [settings.cwd, ...writable_roots, ...permit.extra_write, services.env.TMPDIR ?? ""];
  for (const path of named) if (path !== "") keepPlace(state, path);
}

/**
 * Holds a directory to the place where it was when it was first looked at. A command that may write beside it (the workspace
 * lies in /tmp) and that the kernel does not keep from moving it could put a link there, and so make anything writable for the
 * next one. Ends the turn then.
 */
export function keepPlace(state: ConfinedThread, path: string): void {
  const { permissions, settings, services } = state;
  const absolute = path.startsWith("~/") ? join(services.home, path.slice(2)) : resolve(settings.cwd, path);
  const real = realPath(absolute);
  if (real === null) return;
  const known = permissions.places.get(absolute) ?? real;
  permissions.places.set(absolute, known);
  knownRepositories(state).learn(known);
  if (known === real) return;
  const message = `${absolute} led to ${known} when the thread began and leads to ${real} now; nothing is run until it is put back`;
  throw new TurnFailed({ kind: "sandbox_unavailable", message, retryable: false });
}

/** The repositories of a thread, as they were when it first looked at the directories that they belong to. */
export function knownRepositories({ permissions }: Part<"permissions">): KnownRepositories {
  permissions.repositories ??= new KnownRepositories();
  return permissions.repositories;
}
