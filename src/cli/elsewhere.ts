/** Commands of the Codex CLI that moat does not have, with what to use instead. */
export const absent: Record<string, string> = {
  "app-server": "use `moat exec --json`",
  cloud: "moat works on your own machine: use `moat exec`",
  "remote-control": "use `moat exec --json` over ssh",
  "exec-server": "use `moat exec --json`",
  plugin: "use `moat mcp add` for a server of tools",
  queue: "use your shell or CI to run several `moat exec`",
  agents: "run several `moat exec` side by side",
  "migrate-rollouts": "moat's threads need no migration; `moat threads import` reads Codex's",
  "migrate-nfs-db": "moat keeps no database that would need it",
  "responses-api-proxy": "set `model_providers.NAME.base_url` instead",
  "stdio-to-uds": "use socat",
};
