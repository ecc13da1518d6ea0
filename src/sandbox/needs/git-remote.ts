// Which hosts a git command reaches: the addresses that git itself would take, git-config(1) and git-push(1).
import type { CommandNeeds } from "../../protocol/index.ts";
import { type GitSetting, lastValue } from "../git/settings.ts";
import type { KnownCommand, Remote } from "./contract.ts";
import type { UserWorld } from "./outside.ts";
import { sshNeeds, withProxyCommand } from "./ssh.ts";

/** The hosts of a git command, and what ssh needs to get there; null where an address is of another kind. */
export function remoteNeeds(command: KnownCommand, outside: UserWorld): CommandNeeds | null {
  const settings = outside.gitSettings(command.directory);
  // A program of the user's own takes the place of ssh.
  const { GIT_SSH, GIT_SSH_COMMAND = "ssh" } = outside.env;
  if (lastValue(settings, "core.sshcommand") ?? GIT_SSH) return null;
  if (withProxyCommand(GIT_SSH_COMMAND, "") === null) return null;
  const found: CommandNeeds = { hosts: [], sockets: [], read: [] };
  for (const address of addresses(command, settings, outside.branch(command.directory))) {
    if (isLocal(address)) continue;
    const remote = readAddress(address);
    const needs = remote === null ? null : needsOfRemote(remote, outside);
    if (needs === null) return null;
    found.hosts.push(...needs.hosts);
    found.sockets.push(...needs.sockets);
    found.read.push(...needs.read);
  }
  return found;
}

function needsOfRemote(remote: Remote, outside: UserWorld): CommandNeeds | null {
  if (remote.scheme === "ssh") return sshNeeds(remote, outside);
  const port = remote.port ?? (remote.scheme === "http" ? 80 : null);
  return { hosts: [port === null ? remote.host : `${remote.host}:${port}`], sockets: [], read: [] };
}

const SCP = /^(?:[\w.-]+@)?(\[[^\]]+\]|[\w.-]+):(?!\/\/)/;
const isAddress = (word: string) => /^[a-z][a-z0-9+.-]*:\/\//i.test(word) || SCP.test(word);
const isPath = (word: string) => /^(?:\.{0,2}\/|~\/)/.test(word);
const isLocal = (address: string) => address.startsWith("file://") || !isAddress(address);

/** An address as git understands it; null for a scheme of another kind. */
export function readAddress(address: string): Remote | null {
  if (/^(?:https?|ssh|git\+ssh):\/\//i.test(address)) {
    const url = URL.parse(address);
    if (url === null || url.hostname === "") return null;
    const scheme = /^https?:/i.test(address) ? (url.protocol === "http:" ? "http" : "https") : "ssh";
    return { scheme, host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port === "" ? null : Number(url.port) };
  }
  const host = SCP.exec(address)?.[1];
  return host === undefined || address.includes("::") ? null : { scheme: "ssh", host, port: null };
}

/** The addresses that a command goes to, as git rewrites them. */
function addresses({ command, args }: KnownCommand, settings: GitSetting[], branch: string | null): string[] {
  const pushes = command === "push";
  const named = args.filter((word) => !word.startsWith("-"));
  const rewritten = (address: string) => rewrite(address, settings, pushes);
  const remotes = new Set(settings.flatMap(({ name }) => /^remote\.(.*)\.(?:push)?url$/s.exec(name)?.[1] ?? []));
  // What stands behind the repository may look like an address: `git push origin HEAD:main`.
  const first = named.find((word) => remotes.has(word) || isAddress(word) || isPath(word));
  if (first !== undefined && !remotes.has(first)) return [rewritten(first)];
  if (command === "clone") return [];
  const remote = first ?? usualRemote(settings, branch, pushes);
  const all = args.includes("--all") && command === "fetch" ? [...remotes] : [remote];
  return all.flatMap((one) => urlsOf(one, settings, pushes).map(rewritten));
}

function usualRemote(settings: GitSetting[], branch: string | null, pushes: boolean): string {
  const of = (name: string) => lastValue(settings, name);
  const push = pushes ? (of(`branch.${branch}.pushremote`) ?? of("remote.pushdefault")) : null;
  return push ?? of(`branch.${branch}.remote`) ?? "origin";
}

function urlsOf(remote: string, settings: GitSetting[], pushes: boolean): string[] {
  const of = (key: string) =>
    settings.filter(({ name }) => name === `remote.${remote}.${key}`).map(({ value }) => value);
  const push = pushes ? of("pushurl") : [];
  return push.length > 0 ? push : of("url");
}

/** `url.BASE.insteadOf`: the longest beginning that fits. */
function rewrite(address: string, settings: GitSetting[], pushes: boolean): string {
  const rules = settings.flatMap(({ name, value }) => {
    const [, base, key] = /^url\.(.*)\.(insteadof|pushinsteadof)$/s.exec(name) ?? [];
    return base !== undefined && address.startsWith(value) && (pushes || key === "insteadof")
      ? [{ base, key, value }]
      : [];
  });
  const own = rules.filter(({ key }) => key === "pushinsteadof");
  const [best] = (own.length > 0 ? own : rules).sort((a, b) => b.value.length - a.value.length);
  return best === undefined ? address : best.base + address.slice(best.value.length);
}
