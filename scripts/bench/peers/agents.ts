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

/** An agent in a terminal. */
export interface App {
  args: string[];
  /** What its first start would ask a person, answered in its home. */
  files?: (stage: Stage) => Record<string, string>;
  /** The same without a daemon beside it, where it has one: what is measured is all there is, and lasts. */
  alone?: string[];
  /** What its first picture holds. */
  painted: RegExp;
  /** What it shows when a turn is over. Absent: it is not asked to answer there. */
  ended?: RegExp;
}

/** An agent, and how it is started. */
export interface Agent {
  name: string;
  version: string;
  /** Without arguments. */
  program: string[];
  wire: Wire;
  /** Its settings, written before it is started first. */
  files?: (stage: Stage) => Record<string, string>;
  /** Beside what every program has. */
  env(stage: Stage): Record<string, string>;
  /** Arguments for one prompt to its end. `confined`: commands run in its sandbox; an agent without one is not asked. */
  exec(confined: boolean): string[];
  app?: App;
  /** The call of its shell. */
  shell(cmd: string): { name: string; args: object };
  hasSandbox: boolean;
}

const KEY = "sk-bench";
const PROMPT = "hi";

/** What an agent is started with. Of a terminal nothing is said. */
export const environmentOf = (agent: Agent, stage: Stage): Record<string, string> => ({
  PATH: process.env.PATH ?? "",
  HOME: stage.home,
  // Of its own: codex refuses its sandbox beside a directory that another left in the one of the machine.
  TMPDIR: join(stage.home, "tmp"),
  ...agent.env(stage),
});

/** moat and both versions of codex have the same words for it. */
const inSandbox = (confined: boolean) => [
  "exec",
  "--json",
  "-s",
  confined ? "workspace-write" : "danger-full-access",
  PROMPT,
];

const moatAgent = (): Agent => ({
  name: "moat",
  version: Bun.spawnSync([moat, "--version"])
    .stdout.toString()
    .trim()
    .replace(/^moat /, ""),
  program: [moat],
  wire: "responses",
  env: ({ url }) => ({ OPENAI_BASE_URL: url, OPENAI_API_KEY: KEY }),
  exec: inSandbox,
  shell: (cmd) => ({ name: "exec_command", args: { cmd } }),
  hasSandbox: true,
});

/** What both versions of codex read. */
const codexConfig = ({ url, project }: Stage) =>
  `model = "gpt-5"\nmodel_provider = "bench"\napproval_policy = "never"\ncheck_for_update_on_startup = false\n[analytics]\nenabled = false\n[model_providers.bench]\nname = "bench"\nbase_url = "${url}"\nenv_key = "BENCH_KEY"\nwire_api = "responses"\n[projects."${project}"]\ntrust_level = "trusted"\n`;

const codex = (
  program: string,
  name: PeerName,
  { shell, app }: Pick<Agent, "shell" | "app">,
): Omit<Agent, "version"> => ({
  name: name === "codex" ? "codex" : `codex ${PEERS[name].version}`,
  program: [program],
  wire: "responses",
  files: (stage) => ({ ".codex/config.toml": codexConfig(stage) }),
  env: () => ({ BENCH_KEY: KEY }),
  exec: inSandbox,
  shell,
  ...(app && { app }),
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
  env: () => ({ OPENCODE_DISABLE_MODELS_FETCH: "1", OPENCODE_DISABLE_LSP_DOWNLOAD: "1" }),
  exec: () => ["run", PROMPT],
  app: { args: [], painted: /ask|opencode/i },
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
  env: () => ({}),
  exec: () => ["-p", "--offline", "--model", "bench/m", PROMPT],
  app: { args: ["--offline", "--model", "bench/m"], painted: /escape interrupt/ },
  shell: (cmd) => ({ name: "bash", args: { command: cmd } }),
  hasSandbox: false,
});

/** The theme, the key of the environment (it knows one by its end), whether the directory is trusted. */
const claudeState = (project: string) => ({
  hasCompletedOnboarding: true,
  theme: "dark",
  customApiKeyResponses: { approved: [KEY.slice(-20)], rejected: [] },
  projects: { [project]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true } },
});

const claude = (program: string): Omit<Agent, "version"> => ({
  name: "claude",
  program: [program],
  wire: "messages",
  env: ({ url }) => ({
    ANTHROPIC_BASE_URL: url.replace(/\/v1$/, ""),
    ANTHROPIC_API_KEY: KEY,
    DISABLE_TELEMETRY: "1",
    DISABLE_ERROR_REPORTING: "1",
    DISABLE_AUTOUPDATER: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  }),
  exec: () => ["-p", PROMPT, "--allowedTools", "Bash"],
  app: {
    args: [],
    files: ({ project }) => ({ ".claude.json": JSON.stringify(claudeState(project)) }),
    painted: /❯/,
  },
  shell: (cmd) => ({ name: "Bash", args: { command: cmd, description: "a step" } }),
  hasSandbox: false,
});

const PARTS: Partial<Record<PeerName, (program: string) => Omit<Agent, "version">>> = {
  codex: (program) =>
    codex(program, "codex", {
      shell: (cmd) => ({ name: "exec_command", args: { cmd } }),
      app: { args: [], alone: ["--no-daemon"], painted: /Ask Codex/, ended: /Worked for/ },
    }),
  codex020: (program) =>
    codex(program, "codex020", {
      shell: (cmd) => ({ name: "shell", args: { command: ["bash", "-lc", cmd] } }),
      // The bar before what is typed: its placeholder goes when something is.
      app: { args: [], painted: /▌/ },
    }),
  opencode,
  pi,
  claude,
};

/** The peers of these names that can be had. */
export function peersOf(names: readonly PeerName[]): Agent[] {
  return names.flatMap((name): Agent[] => {
    const [part, program] = [PARTS[name], installedPeer(name)];
    return part && program ? [{ ...part(program), version: PEERS[name].version }] : [];
  });
}

/** moat, and the peers of these names that can be had. */
export const agentsOf = (names: readonly PeerName[]): Agent[] => [moatAgent(), ...peersOf(names)];

/** Writes an agent's settings into its home; `of`: those of its app. */
export function prepared(agent: Agent, stage: Stage, of: Pick<App, "files"> = {}): Stage {
  mkdirSync(join(stage.home, "tmp"), { recursive: true });
  for (const [name, content] of Object.entries({ ...agent.files?.(stage), ...of.files?.(stage) })) {
    mkdirSync(dirname(join(stage.home, name)), { recursive: true });
    writeFileSync(join(stage.home, name), content);
  }
  return stage;
}
