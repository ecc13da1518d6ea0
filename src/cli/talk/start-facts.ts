import type { AppThread } from "../../app/index.ts";
import { fromHome } from "../../base/index.ts";
import { configuredNetwork, type Network } from "../../protocol/index.ts";
import type { StartFacts } from "../../view/index.ts";
import type { Host } from "../contract.ts";

/** What the greeting says of a thread before git and the kernel were asked. */
export function startFacts({ thread, facts, warnings }: AppThread, { version, home }: Host): StartFacts {
  const { model, effort, cwd, sandbox_mode, approval_policy, sandbox_workspace_write } = thread.settings;
  return {
    version,
    model,
    effort: effort ?? null,
    directory: fromHome(cwd, home),
    branch: null,
    sandbox: SANDBOX[sandbox_mode](configuredNetwork(sandbox_workspace_write)),
    approvals: APPROVALS[approval_policy],
    enforced: "",
    extras: extrasOf(facts),
    warnings,
  };
}

const SANDBOX: Record<AppThread["thread"]["settings"]["sandbox_mode"], (network: Network) => string> = {
  "read-only": () => "nothing may be written, no network",
  "workspace-write": (network) => `this folder may be written, ${networkWord(network)}`,
  "danger-full-access": () => "off: commands may do everything that you may",
  external: () => "left to the container around moat",
};

function networkWord(network: Network): string {
  if (typeof network === "string") return network === "full" ? "network" : "no network";
  return `network: ${network.hosts.join(", ")}`;
}

const APPROVALS: Record<AppThread["thread"]["settings"]["approval_policy"], string> = {
  untrusted: "asks before whatever does not only read",
  "on-failure": "asks when the sandbox refused something",
  "on-request": "asks for more",
  never: "asks nobody",
};

function extrasOf({ instructions, hooks, servers, folder_trust }: AppThread["facts"]): string[] {
  return [
    ...instructions.map(({ file, bytes }) => `${file.split("/").at(-1)} (${sizeText(bytes)})`),
    ...(hooks > 0 ? [hooks === 1 ? "1 hook" : `${hooks} hooks`] : []),
    ...(servers > 0 ? [servers === 1 ? "1 MCP server" : `${servers} MCP servers`] : []),
    ...(folder_trust === "untrusted" ? ["this folder is not trusted"] : []),
  ];
}

const sizeText = (bytes: number) => (bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`);
