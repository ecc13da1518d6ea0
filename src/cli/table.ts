import { execFlags, resumeFlags, reviewFlags } from "./exec-flags.ts";
import { configFlags, flag, helpFlags, jsonFlag, patchFlags, sandboxFlags, threadsFlags } from "./flags.ts";
import type { CommandSpec } from "./spec.ts";

/** Every command. Help, completion, docs and parsing come from here. */
export const commands: CommandSpec[] = [
  {
    name: "exec",
    aliases: ["e"],
    usage: "[resume|fork|review] [PROMPT|-]",
    summary: "Do one task without a terminal; the final message goes to stdout",
    group: "Work",
    details: [
      "Without a prompt, or with -, the task is read from standard input. What is piped in beside a prompt is added to it.",
      "",
      "  exec resume [THREAD|--last] [PROMPT|-]   go on with a thread",
      "  exec fork [THREAD|--last] [PROMPT|-]     go on with a copy of it",
      "  exec review [--uncommitted|--base BRANCH|--commit SHA|PROMPT]",
    ].join("\n"),
    examples: [
      'moat exec "explain src/main.ts"',
      'npm test 2>&1 | moat exec "why does this fail?"',
      'moat exec -s workspace-write --require-evidence "npm test" "fix the failing test"',
      'moat exec -s workspace-write --json "fix the failing test" | jq .type',
    ],
    flags: execFlags,
    load: () => import("./exec.ts"),
  },
  {
    name: "review",
    usage: "[--uncommitted|--base BRANCH|--commit SHA|PROMPT]",
    summary: "Review a change and report what is wrong with it",
    group: "Work",
    flags: reviewFlags,
    load: () => import("./review.ts"),
  },
  ...(["resume", "fork"] as const).map(
    (name): CommandSpec => ({
      name,
      usage: "[THREAD|--last] [PROMPT|-]",
      summary: name === "resume" ? "Go on with a thread" : "Go on with a copy of a thread",
      group: "Work",
      flags: resumeFlags,
      load: async () => {
        const { runFork, runResume } = await import("./exec.ts");
        return { run: name === "resume" ? runResume : runFork };
      },
    }),
  ),
  {
    name: "demo",
    usage: "",
    summary: "See the agent repair a small project: a scripted model, no key, no network",
    group: "Work",
    flags: helpFlags,
    load: () => import("./demo.ts"),
  },
  {
    name: "threads",
    usage: "[list|show|search|export|import|rename|archive|unarchive|delete|gc] …",
    summary: "Everything that is done with stored threads",
    group: "Work",
    flags: threadsFlags,
    load: () => import("./threads.ts"),
  },
  ...(["archive", "unarchive", "delete"] as const).map(
    (name): CommandSpec => ({
      name,
      usage: "THREAD…",
      summary: `The same as threads ${name}`,
      group: "Work",
      flags: threadsFlags,
      hidden: true,
      load: async () => {
        const { runVerb } = await import("./threads.ts");
        return { run: (invocation) => runVerb(name, invocation) };
      },
    }),
  ),
  {
    name: "apply-patch",
    usage: "[PATCH|-]",
    summary: "Apply a patch in the agent's own format: all of it or nothing",
    group: "Files",
    flags: patchFlags,
    load: () => import("./apply-patch.ts"),
  },
  {
    name: "apply",
    aliases: ["a"],
    usage: "FILE|-",
    summary: "Apply a unified diff with the same care",
    group: "Files",
    flags: patchFlags,
    load: () => import("./apply.ts"),
  },
  {
    name: "config",
    usage: "get|set|unset|list|edit|path|schema|import-codex|trust …",
    summary: "Read and change the configuration",
    group: "Set-up",
    flags: [
      ...configFlags,
      flag("all", "Show values that nobody set, too"),
      flag("origin", "Show where each value comes from"),
      flag("ignore-user-config", "Leave MOAT_HOME/config.toml out"),
      flag("trust", "Use the project's files this once"),
      flag("yes", "Do not ask", { short: "y" }),
      jsonFlag,
      ...helpFlags,
    ],
    load: () => import("./config.ts"),
  },
  {
    name: "sandbox",
    usage: "[doctor] -- COMMAND…",
    summary: "Run a command behind the moat; `sandbox doctor` attacks it and says what held",
    group: "Insight",
    details: "Exits with the command's own code, 128 + signal, or 125 when it was not started.",
    examples: [
      "moat sandbox -- npm test",
      "moat sandbox --net full --write ~/data -- make import",
      "moat sandbox doctor",
    ],
    flags: sandboxFlags,
    load: () => import("./sandbox.ts"),
  },
  {
    name: "completion",
    usage: "bash|zsh|fish|powershell",
    summary: "Print a completion script for a shell",
    group: "Set-up",
    details: "bash: source <(moat completion bash)\nfish: moat completion fish > ~/.config/fish/completions/moat.fish",
    flags: helpFlags,
    load: () => import("./completion.ts"),
  },
  {
    name: "man",
    usage: "",
    summary: "Print the manual page, as in moat man | man -l -",
    group: "Insight",
    hidden: true,
    flags: helpFlags,
    load: () => import("./man.ts"),
  },
  {
    name: "schema",
    usage: "events|config|rollout",
    summary: "Print a public format as JSON Schema",
    group: "Insight",
    flags: helpFlags,
    load: () => import("./schema.ts"),
  },
  {
    name: "execpolicy",
    usage: "check [--rules FILE]… -- COMMAND…",
    summary: "Show what rules and the built-in table say of a command",
    group: "Insight",
    flags: [
      flag("rules", "Rule file", { value: "FILE", repeat: true }),
      flag("policy", "Rule file in the form of the first Codex CLI", { value: "FILE", repeat: true }),
      flag("require-safe", "Exit with 12 when the command is not safe"),
      flag("pretty", "Indent the JSON"),
      ...helpFlags,
    ],
    load: () => import("./execpolicy.ts"),
  },
  {
    name: "debug",
    usage: "landlock|seatbelt -- COMMAND…",
    summary: "Older names of moat sandbox",
    group: "Insight",
    flags: [flag("full-auto", "The same as --workspace-write"), ...sandboxFlags],
    load: () => import("./debug.ts"),
  },
];

/** Commands of the Codex CLI that moat does not have, with what to use instead. */
export const absent: Record<string, string> = {
  "app-server": "use `moat exec --json`",
  cloud: "moat works on your own machine: use `moat exec`",
  "remote-control": "use `moat exec --json` over ssh",
  "exec-server": "use `moat exec --json`",
  plugin: "MCP servers in config.toml will take its place",
  queue: "use your shell or CI to run several `moat exec`",
  agents: "run several `moat exec` side by side",
  "migrate-rollouts": "moat's threads need no migration; `moat threads import` reads Codex's",
  "migrate-nfs-db": "moat keeps no database that would need it",
  "responses-api-proxy": "set `model_providers.NAME.base_url` instead",
  "stdio-to-uds": "use socat",
};
