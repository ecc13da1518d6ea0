import { execFlags, helpFlags, threadsFlags } from "./flags.ts";
import type { CommandSpec } from "./spec.ts";

/** Every command. Help, completion, docs and parsing come from here. */
export const commands: CommandSpec[] = [
  {
    name: "exec",
    aliases: ["e"],
    usage: "[PROMPT|-]",
    summary: "Do one task without a terminal; the final message goes to stdout",
    group: "Work",
    details: "Without a prompt, or with -, the task is read from standard input.",
    examples: [
      'moat exec "explain src/main.ts"',
      'moat exec -s workspace-write --json "fix the failing test" | jq .type',
    ],
    flags: execFlags,
    load: () => import("./exec.ts"),
  },
  {
    name: "demo",
    usage: "",
    summary: "See the agent repair a small project against a scripted model: no key, no network",
    group: "Work",
    flags: helpFlags,
    load: () => import("./demo.ts"),
  },
  {
    name: "threads",
    usage: "[list|show|search|export|import|rename|archive|unarchive|delete|gc] …",
    summary: "List, read, search, export, import and clean up stored threads",
    group: "Work",
    details:
      "A thread is named by its id, the beginning of its id, or its name. `import` reads rollouts of the Codex CLI, or directories with them.",
    examples: [
      "moat threads list --all",
      'moat threads search "race condition"',
      "moat threads export 0198f1c2 -o thread.html",
      "moat threads import ~/.codex/sessions",
      "moat threads gc --dry-run",
    ],
    flags: threadsFlags,
    load: () => import("./threads.ts"),
  },
  ...(["archive", "unarchive", "delete"] as const).map(
    (name): CommandSpec => ({
      name,
      usage: "THREAD…",
      summary: `The same as \`moat threads ${name}\``,
      group: "Work",
      flags: threadsFlags.filter((flag) => ["json", "yes", "help"].includes(flag.name)),
      load: async () => {
        const { runVerb } = await import("./threads.ts");
        return { run: (invocation) => runVerb(name, invocation) };
      },
    }),
  ),
];

/** Commands of the Codex CLI that moat does not have, with what to use instead. */
export const absent: Record<string, string> = {
  "app-server": "use `moat proto` or `moat exec --json`",
  cloud: "moat works on your own machine: use `moat exec`",
  "remote-control": "use `moat exec --json` over ssh",
  "exec-server": "use `moat proto`",
  plugin: "use MCP servers in config.toml",
  queue: "use your shell or CI to run several `moat exec`",
  agents: "run several `moat exec` side by side",
  "migrate-rollouts": "moat's threads need no migration",
  "migrate-nfs-db": "moat keeps no database that would need it",
  "responses-api-proxy": "set `model_providers.NAME.base_url` instead",
  "stdio-to-uds": "use socat",
};
