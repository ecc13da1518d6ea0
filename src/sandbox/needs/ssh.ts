// What ssh needs to reach a host: where its configuration says that the host is, the agent that holds the keys, and what it reads.
// Format: ssh_config(5). Key files are never among it.
import { join } from "node:path";
import { quoteWord } from "../../base/index.ts";
import type { CommandNeeds } from "../../protocol/index.ts";
import type { Remote } from "./contract.ts";
import type { UserWorld } from "./outside.ts";

/** What ssh reads of `~/.ssh` that is no key of its own: names of files, and public keys. */
const READ = /^(?:config|known_hosts2?|allowed_signers|.*\.pub)$/;
const SSH_PORT = 22;

/** null where no agent runs, or ssh would go through another host or a program. */
export function sshNeeds({ host, port }: Remote, outside: UserWorld): CommandNeeds | null {
  const options = optionsFor(host, outside.text(join(outside.home, ".ssh", "config")));
  if (options.has("proxyjump") || options.has("proxycommand")) return null;
  const agent = agentSocket(outside, options.get("identityagent"));
  if (agent === null) return null;
  const name = (options.get("hostname") ?? host).replaceAll("%h", host);
  return {
    hosts: [`${name}:${port ?? Number(options.get("port") ?? SSH_PORT)}`],
    sockets: [agent],
    read: sshFiles(outside),
  };
}

/** The socket of the agent that holds ssh's keys; null where none runs. `named`: IdentityAgent. */
export function agentSocket(outside: UserWorld, named?: string): string | null {
  if (named === "none") return null;
  const own = named === undefined || named === "SSH_AUTH_SOCK" ? outside.env.SSH_AUTH_SOCK : named;
  const path = own?.startsWith("$") ? outside.env[own.replace(/^\$\{?|\}$/g, "")] : own;
  return path ? outside.socket(path.replace(/^~(?=\/)/, outside.home)) : null;
}

/** Files of `~/.ssh` that ssh reads and that hold no secret. */
export function sshFiles({ home, names }: UserWorld): string[] {
  const directory = join(home, ".ssh");
  return names(directory)
    .filter((name) => READ.test(name))
    .map((name) => join(directory, name))
    .sort();
}

/** What a configuration says of a host: the first value of each option counts. Conditions (`Match`) are not looked into. */
function optionsFor(host: string, text: string): Map<string, string> {
  const found = new Map<string, string>();
  let applies = true;
  for (const line of text.split("\n")) {
    const [, name = "", value = ""] = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line) ?? [];
    const option = name.toLowerCase();
    if (option === "host") applies = matchesHost(host, value.split(/\s+/));
    else if (option === "match") applies = /^all$/i.test(value);
    else if (option !== "" && applies && !found.has(option)) found.set(option, value.replace(/^"(.*)"$/, "$1"));
  }
  return found;
}

function matchesHost(host: string, patterns: string[]): boolean {
  const fits = (pattern: string) => {
    const escaped = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".");
    return new RegExp(`^${escaped}$`, "i").test(host);
  };
  const refused = patterns.some((pattern) => pattern.startsWith("!") && fits(pattern.slice(1)));
  return !refused && patterns.some((pattern) => !pattern.startsWith("!") && fits(pattern));
}

/** A command line of ssh that goes through a program; null for other programs, and where it goes through something already. */
export function withProxyCommand(command: string, program: string): string | null {
  const plain = /^ssh(?:\s|$)/.test(command) && !/Proxy(?:Command|Jump)|\s-[a-zA-Z]*J/i.test(command);
  return plain ? `${command} -o ProxyCommand=${quoteWord(program)}` : null;
}
