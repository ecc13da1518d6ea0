import { execFlags, resumeFlags, reviewFlags } from "./exec-flags.ts";
import {
  configFlags,
  debugFlags,
  flag,
  helpFlags,
  jsonFlag,
  loginFlags,
  logoutFlags,
  modelsFlags,
  patchFlags,
  replayFlags,
  sandboxFlags,
  threadsFlags,
} from "./flags.ts";
import { appFlags, initFlags, protoFlags, replFlags } from "./repl-flags.ts";
import type { CommandSpec } from "./spec.ts";

/** Every command. Help, completion, docs and parsing come from here. */
export const commands: CommandSpec[] = [
  {
    name: "repl",
    aliases: ["r"],
    usage: "[PROMPT]",
    summary: "Talk with the agent, line by line (moat alone does this)",
    group: "Work",
    details:
      "Works on every terminal, with a screen reader and in a pipe: each line is a turn, and the exit code is 1 when a turn failed. /help lists what can be typed.",
    examples: [
      'moat repl "what does this project do?"',
      "printf 'run the tests\\nfix what fails\\n' | moat repl --full-auto",
    ],
    flags: replFlags,
    load: () => import("./repl.ts"),
  },
  {
    name: "exec",
    aliases: ["e"],
    usage: "[resume|fork|review] [PROMPT|-]",
    summary: "Do one task; the final message goes to stdout",
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
    load: () => import("./exec/exec.ts"),
  },
  {
    name: "review",
    usage: "[--uncommitted|--base BRANCH|--commit SHA|PROMPT]",
    summary: "Review a change and report what is wrong with it",
    group: "Work",
    flags: reviewFlags,
    load: () => import("./exec/review.ts"),
  },
  ...(["resume", "fork"] as const).map(
    (name): CommandSpec => ({
      name,
      usage: "[THREAD|--last] [PROMPT|-]",
      summary: name === "resume" ? "Go on with a thread" : "Go on with a copy of a thread",
      group: "Work",
      flags: resumeFlags,
      load: async () => {
        return { run: (await import("./exec/resume.ts"))[name] };
      },
    }),
  ),
  {
    name: "proto",
    aliases: ["p"],
    usage: "",
    summary: "Drive a thread from a program: ops in, events out",
    group: "Work",
    details:
      "The ops and events are described in docs/proto.md. Nobody is asked on the terminal: approvals are ops, too.",
    examples: [`echo '{"type":"user_turn","input":[{"type":"text","text":"hi"}]}' | moat proto`],
    flags: protoFlags,
    load: () => import("./proto.ts"),
  },
  {
    name: "demo",
    usage: "",
    summary: "See it repair a small project: scripted model, no key",
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
    load: () => import("./threads/threads.ts"),
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
        const { runVerb } = await import("./threads/threads.ts");
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
    load: () => import("./patch/apply-patch.ts"),
  },
  {
    name: "apply",
    aliases: ["a"],
    usage: "FILE|-",
    summary: "Apply a unified diff with the same care",
    group: "Files",
    flags: patchFlags,
    load: () => import("./patch/apply.ts"),
  },
  {
    name: "diff",
    usage: "",
    summary: "Show what changed since the last commit, new files included",
    group: "Files",
    flags: helpFlags,
    load: () => import("./patch/diff.ts"),
  },
  {
    name: "init",
    usage: "",
    summary: "Let the model write an AGENTS.md, shown before it is saved",
    group: "Set-up",
    flags: initFlags,
    load: () => import("./exec/init.ts"),
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
    load: () => import("./config/config.ts"),
  },
  {
    name: "models",
    usage: "",
    summary: "List what the provider offers, with context windows and prices",
    group: "Set-up",
    examples: ["moat models", "moat models --provider openrouter --json"],
    flags: modelsFlags,
    load: () => import("./doctor/models.ts"),
  },
  {
    name: "login",
    usage: "[status]",
    summary: "Save the key of a provider; `login status` says which there are",
    group: "Set-up",
    examples: ["moat login", "printenv OPENAI_API_KEY | moat login --with-api-key", "moat login status"],
    flags: loginFlags,
    load: () => import("./config/login.ts"),
  },
  {
    name: "logout",
    usage: "",
    summary: "Forget a saved key",
    group: "Set-up",
    flags: logoutFlags,
    load: async () => ({ run: (await import("./config/login.ts")).runLogout }),
  },
  {
    name: "doctor",
    usage: "",
    summary: "Look for what is missing or wrong, and say what to do",
    group: "Insight",
    details: "Sends nothing, unless --network is given. Exits with 1 when there is a problem.",
    flags: [
      jsonFlag,
      flag("summary", "One line for each part, and the problems"),
      flag("all", "Show settings that nobody set, too"),
      flag("network", "Ask the provider, too: address, certificate, clock, model"),
      ...configFlags,
      ...helpFlags,
    ],
    load: () => import("./doctor/doctor.ts"),
  },
  {
    name: "sandbox",
    usage: "[doctor] -- COMMAND…",
    summary: "Run a command behind the moat; `sandbox doctor` attacks it",
    group: "Insight",
    details: "Exits with the command's own code, 128 + signal, or 125 when it was not started.",
    examples: [
      "moat sandbox -- npm test",
      "moat sandbox --net full --write ~/data -- make import",
      "moat sandbox doctor",
    ],
    flags: sandboxFlags,
    load: () => import("./sandbox/sandbox.ts"),
  },
  {
    name: "completion",
    usage: "bash|zsh|fish|powershell",
    summary: "Print a completion script for a shell",
    group: "Set-up",
    details: "bash: source <(moat completion bash)\nfish: moat completion fish > ~/.config/fish/completions/moat.fish",
    flags: helpFlags,
    load: () => import("./completion/completion.ts"),
  },
  {
    name: "man",
    usage: "",
    summary: "Print the manual page, as in moat man | man -l -",
    group: "Insight",
    hidden: true,
    flags: helpFlags,
    load: () => import("./completion/man.ts"),
  },
  {
    name: "schema",
    usage: "events|ops|config|rollout",
    summary: "Print a public format as JSON Schema",
    group: "Insight",
    flags: helpFlags,
    load: () => import("./config/schema.ts"),
  },
  {
    name: "replay",
    usage: "FILE",
    summary: "Run a recorded thread again: no network, no tools, the same events each time",
    group: "Insight",
    examples: ['moat exec --record run.jsonl "fix the test"', "moat replay run.jsonl | sha256sum"],
    flags: replayFlags,
    load: () => import("./replay/replay.ts"),
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
    load: () => import("./sandbox/execpolicy.ts"),
  },
  {
    name: "debug",
    usage: "prompt-input [PROMPT] | models | landlock|seatbelt -- COMMAND…",
    summary: "Show what the model would get, and what is known of models; older names of moat sandbox",
    group: "Insight",
    details:
      "prompt-input sends nothing and runs nothing: it shows the first request of a thread, part by part, with its cost.",
    examples: ["moat debug prompt-input", 'moat debug prompt-input --json "fix the test" | jq .request'],
    flags: debugFlags,
    load: () => import("./debug.ts"),
  },
  {
    name: "features",
    usage: "list",
    summary: "Switches of unfinished parts",
    group: "Insight",
    flags: [...configFlags, jsonFlag, ...helpFlags],
    load: () => import("./config/features.ts"),
  },
];

/** What runs when no command is named. */
export const app: CommandSpec = {
  name: "moat",
  usage: "[PROMPT]",
  summary: "Talk with the agent",
  group: "Work",
  flags: appFlags,
  load: () => import("./repl.ts"),
};

const APP = "moat repl, or moat alone, talks with the agent line by line";
const MCP = "no MCP server is used or offered so far";
const UNDO = "`moat diff` shows what changed, and git brings files back";

/** Commands that are planned and not there, with what to use until then. */
export const later: Record<string, string> = {
  tui: APP,
  t: APP,
  interactive: APP,
  acp: "`moat proto` drives a thread from a program",
  mcp: MCP,
  "mcp-server": MCP,
  undo: UNDO,
  redo: UNDO,
  update: "install the new version in the place of this one",
};

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
