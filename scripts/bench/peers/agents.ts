import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { moat } from "../measure.ts";
import { installedPeer, PEERS, type PeerName } from "./install.ts";

/** How an agent speaks with its model. */
export type Wire = "responses" | "chat" | "messages";

/** Where an agent is started, and what it talks to. */
export interface Stage {
  /** Its own, warm, and nobody else's. */
  home: string;
  project: string;
  /** Of the scripted server, with `/v1`. */
  url: string;
}

/** A command line with its environment. */
export interface Started {
  argv: string[];
  env: Record<string, string>;
}

/** An agent that runs one prompt without a terminal. */
export interface Agent {
  name: string;
  version: string;
  /** What is started for `--help`. */
  program: string[];
  wire: Wire;
  /** Its settings, written before it is started first. */
  files?: (stage: Stage) => Record<string, string>;
  /** One prompt to its end. `confined`: commands run in its sandbox; an agent without one is not asked. */
  exec(stage: Stage, confined: boolean): Started;
  /** The call of its shell. */
  shell(cmd: string): { name: string; args: object };
  hasSandbox: boolean;
}

const KEY = "sk-bench";
const PROMPT = "hi";

const environment = (home: string, more: Record<string, string> = {}): Record<string, string> => ({
  PATH: process.env.PATH ?? "",
  HOME: home,
  // Of its own: codex refuses its sandbox beside a directory that another left in the one of the machine.
  TMPDIR: join(home, "tmp"),
  TERM: "dumb",
  ...more,
});

const moatAgent = (): Agent => ({
  name: "moat",
  version: Bun.spawnSync([moat, "--version"])
    .stdout.toString()
    .trim()
    .replace(/^moat /, ""),
  program: [moat],
  wire: "responses",
  exec: ({ home, url }, confined) => ({
    argv: [moat, "exec", "--json", "-s", confined ? "workspace-write" : "danger-full-access", PROMPT],
    env: environment(home, { OPENAI_BASE_URL: url, OPENAI_API_KEY: KEY }),
  }),
  shell: (cmd) => ({ name: "exec_command", args: { cmd } }),
  hasSandbox: true,
});

/** What both versions of codex read. */
const codexConfig = ({ url, project }: Stage) =>
  `model = "gpt-5"\nmodel_provider = "bench"\napproval_policy = "never"\n[analytics]\nenabled = false\n[model_providers.bench]\nname = "bench"\nbase_url = "${url}"\nenv_key = "BENCH_KEY"\nwire_api = "responses"\n[projects."${project}"]\ntrust_level = "trusted"\n`;

const codex = (program: string, name: PeerName, shell: Agent["shell"]): Omit<Agent, "version"> => ({
  name: name === "codex" ? "codex" : `codex ${PEERS[name].version}`,
  program: [program],
  wire: "responses",
  files: (stage) => ({ ".codex/config.toml": codexConfig(stage) }),
  exec: ({ home }, confined) => ({
    argv: [program, "exec", "--json", "-s", confined ? "workspace-write" : "danger-full-access", PROMPT],
    env: environment(home, { BENCH_KEY: KEY }),
  }),
  shell,
  hasSandbox: true,
});

const opencode = (program: string): Omit<Agent, "version"> => ({
  name: "opencode",
  program: [program],
  wire: "chat",
  files: ({ url }) => ({
    ".config/opencode/opencode.json": JSON.stringify({
      provider: {
        bench: { npm: "@ai-sdk/openai-compatible", options: { baseURL: url, apiKey: KEY }, models: { m: {} } },
      },
      model: "bench/m",
      autoupdate: false,
      share: "disabled",
    }),
  }),
  exec: ({ home }) => ({
    argv: [program, "run", PROMPT],
    env: environment(home, { OPENCODE_DISABLE_MODELS_FETCH: "1", OPENCODE_DISABLE_LSP_DOWNLOAD: "1" }),
  }),
  shell: (cmd) => ({ name: "bash", args: { command: cmd, description: "a step" } }),
  hasSandbox: false,
});

/** Its command wants a newer Node than many machines have: it runs on Bun. */
const pi = (program: string): Omit<Agent, "version"> => ({
  name: "pi",
  program: [process.execPath, program],
  wire: "responses",
  files: ({ url }) => ({
    ".pi/agent/models.json": JSON.stringify({
      providers: { bench: { baseUrl: url, api: "openai-responses", apiKey: KEY, models: [{ id: "m" }] } },
    }),
  }),
  exec: ({ home }) => ({
    argv: [process.execPath, program, "-p", "--offline", "--model", "bench/m", PROMPT],
    env: environment(home),
  }),
  shell: (cmd) => ({ name: "bash", args: { command: cmd } }),
  hasSandbox: false,
});

const claude = (program: string): Omit<Agent, "version"> => ({
  name: "claude",
  program: [program],
  wire: "messages",
  exec: ({ home, url }) => ({
    argv: [program, "-p", PROMPT, "--allowedTools", "Bash"],
    env: environment(home, {
      ANTHROPIC_BASE_URL: url.replace(/\/v1$/, ""),
      ANTHROPIC_API_KEY: KEY,
      DISABLE_TELEMETRY: "1",
      DISABLE_ERROR_REPORTING: "1",
      DISABLE_AUTOUPDATER: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    }),
  }),
  shell: (cmd) => ({ name: "Bash", args: { command: cmd, description: "a step" } }),
  hasSandbox: false,
});

const PARTS: Partial<Record<PeerName, (program: string) => Omit<Agent, "version">>> = {
  codex: (program) => codex(program, "codex", (cmd) => ({ name: "exec_command", args: { cmd } })),
  codex020: (program) =>
    codex(program, "codex020", (cmd) => ({ name: "shell", args: { command: ["bash", "-lc", cmd] } })),
  opencode,
  pi,
  claude,
};

/** moat, and the peers of these names that can be had. */
export function agentsOf(names: readonly PeerName[]): Agent[] {
  const peers = names.flatMap((name): Agent[] => {
    const [part, program] = [PARTS[name], installedPeer(name)];
    return part && program ? [{ ...part(program), version: PEERS[name].version }] : [];
  });
  return [moatAgent(), ...peers];
}

/** Writes an agent's settings into its home. */
export function prepared(agent: Agent, stage: Stage): Stage {
  mkdirSync(join(stage.home, "tmp"), { recursive: true });
  for (const [name, content] of Object.entries(agent.files?.(stage) ?? {})) {
    mkdirSync(dirname(join(stage.home, name)), { recursive: true });
    writeFileSync(join(stage.home, name), content);
  }
  return stage;
}
