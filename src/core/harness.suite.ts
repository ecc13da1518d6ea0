// A thread on a scripted model with the real sandbox, in a project of its own; for tests of what a thread does.
import { Secrets } from "../base/index.ts";
import type { HookVerdict } from "../config/index.ts";
import { createClient, modelInfo } from "../model/index.ts";
import { type ApprovalRequest, type Decision, type Event, isOfChild, type Op } from "../protocol/index.ts";
import { openSandbox } from "../sandbox/index.ts";

import { type ModelServer, type Script, startModelServer, type TempProject, tempProject } from "../testkit/index.ts";
import { builtInTools, type ResumedThread, Thread, type ThreadServices, type ThreadSettings } from "./index.ts";

/** A thread and all that it stands on. Disposing of it stops the server and removes the directories. */
export interface Stage extends Disposable {
  thread: Thread;
  server: ModelServer;
  project: TempProject;
  /** Home of the user, beside the project. */
  home: TempProject;
  /** Rules that answers kept. */
  kept: string[];
}

interface StageOptions {
  settings?: Partial<ThreadSettings>;
  services?: Partial<ThreadServices>;
  project?: TempProject;
  resumed?: ResumedThread;
}

/** What a hook answers that has nothing to say. */
export const SILENT: HookVerdict = {
  permission: null,
  block: false,
  reason: null,
  context: [],
  updated_input: null,
  stop: null,
  messages: [],
  problems: [],
};

const SETTINGS: Omit<ThreadSettings, "cwd"> = {
  model: "scripted",
  model_provider: "test",
  effort: null,
  reasoning_summary: null,
  verbosity: null,
  approval_policy: "on-request",
  sandbox_mode: "workspace-write",
  // Temporary directories hold the tests' other places: they must not be writable.
  sandbox_workspace_write: {
    writable_roots: [],
    network_access: false,
    hidden_paths: [],
    exclude_slash_tmp: true,
    exclude_tmpdir_env_var: true,
  },
  memory_limit: null,
  shell_environment_policy: { inherit: "all", ignore_default_excludes: false, exclude: [], set: {}, include_only: [] },
  login_shell: { once: false, files: [] },
  provider_key_names: [],
  granular: null,
  free_patches: false,
  rules: { prefix: [] },
  tool_output_token_limit: 10_000,
  system_prompt: null,
  developer_instructions: null,
  project_instructions: null,
  skills: [],
  agents: [],
  web_search: null,
  context_window: null,
  auto_compact_token_limit: null,
  compact_prompt: null,
  budget: { tokens: null, cost: null, time_ms: null, turns: null, commands: null },
  service_tier: null,
  output_schema: null,
};

/** Sets up a thread; nothing is submitted yet. */
export async function stage(script: Script, options: StageOptions = {}): Promise<Stage> {
  const server = await startModelServer(script);
  const project = options.project ?? tempProject({}, { git: true });
  const home = tempProject();
  const kept: string[] = [];
  let children = 0;
  const services: ThreadServices = {
    openChild: ({ hooks, ...start }) =>
      new Thread({
        thread_id: `0198a0c0-0000-7000-8000-00000000000${++children}`,
        resumed: null,
        services: { ...services, hooks },
        ...start,
      }),
    openModel: () => clientOf(server.url),
    tape: null,
    checkpoints: null,
    tools: builtInTools(),
    modelInfo: async (model) => modelInfo(model),
    openSandbox: () => openSandbox({ cache_dir: home.path("bin") }),
    sink: null,
    saveRule: (rule) => kept.push(rule),
    secrets: new Secrets(),
    keys: new Secrets(),
    key_files: [],
    hooks: null,
    held: [],
    administrator: { restrict: (wanted) => ({ ...wanted, notes: [] }), no_network: null },
    transcript_path: null,
    open_files: null,
    ownCommands: () => null,
    env: { PATH: process.env.PATH, HOME: home.dir },
    home: home.dir,
    moat_home: home.path(".moat"),
    moat_version: "test",
    date: () => new Date("2026-01-02T03:04:05Z"),
    now: () => performance.now(),
    ...options.services,
  };
  const thread = new Thread({
    resumed: options.resumed ?? null,
    thread_id: "0198a0c0-0000-7000-8000-000000000000",
    settings: { cwd: project.dir, ...SETTINGS, ...options.settings },
    services,
  });
  const dispose = () => {
    server.stop();
    project.remove();
    home.remove();
  };
  return { thread, server, project, home, kept, [Symbol.dispose]: dispose };
}

/** A client of a scripted model that listens there. */
export function clientOf(url: string) {
  return createClient(provider(url), { now: Date.now, random: () => 0.5 });
}

function provider(base_url: string): Parameters<typeof createClient>[0] {
  return {
    id: "test",
    name: "test",
    base_url,
    wire_api: "responses",
    api_key: "sk-test",
    http_headers: {},
    query_params: {},
    request_max_retries: null,
    stream_max_retries: null,
    stream_idle_timeout_ms: 300_000,
    header_timeout_ms: null,
    organization: null,
    project: null,
    user_agent: "moat/test",
    originator: "moat",
    ca_file: null,
    give_up_after_ms: 0,
    waits_for_first: true,
  };
}

/** What happened in a thread until its turns were done. */
export interface Played {
  events: Event[];
  asked: ApprovalRequest[];
  /** What the model got for each call. */
  outputs: Map<string, string>;
}

/** Plays turns, one after the other, and answers each question; null: not at all. Shuts the thread down afterwards. */
export async function play(
  { thread, server }: Stage,
  turns: Op[],
  answer: (request: ApprovalRequest) => Decision | null,
): Promise<Played> {
  const events: Event[] = [];
  const asked: ApprovalRequest[] = [];
  const left = [...turns];
  const next = () => thread.submit(left.shift() ?? { type: "shutdown" });
  next();
  for await (const event of thread.events) {
    events.push(event);
    if (event.type === "approval.requested") {
      asked.push(event.request);
      const decision = answer(event.request);
      const { thread_id } = event;
      const asker = thread_id === undefined ? {} : { thread_id };
      if (decision) thread.submit({ type: "approval", call_id: event.request.call_id, decision, ...asker });
    }
    if (isOfChild(event, thread.thread_id)) continue;
    if (event.type === "turn.completed" || event.type === "turn.failed") next();
  }
  return { events, asked, outputs: outputsOf(server) };
}

function outputsOf({ requests }: ModelServer): Map<string, string> {
  const body = requests.at(-1)?.body as { input?: { type: string; call_id?: string; output?: string }[] } | undefined;
  const items = (body?.input ?? []).filter((item) => item.type.endsWith("_call_output"));
  return new Map(items.map(({ call_id = "", output = "" }) => [call_id, output]));
}

export const turnOf = (text: string): Op => ({ type: "user_turn", input: [{ type: "text", text }] });
