// The process that soak.ts measures: one thread on the real core, its tools and its rollout. Started with `write` or `resume`.
import { Secrets } from "../../src/base/index.ts";
import { builtInTools, Thread, type ThreadSettings } from "../../src/core/index.ts";
import { createClient, modelInfo } from "../../src/model/index.ts";
import type { HistoryItem } from "../../src/protocol/index.ts";
import { openSandbox } from "../../src/sandbox/index.ts";
import { RolloutWriter, readThread, rolloutPath } from "../../src/session/index.ts";

export const TURNS = 2000;
/** Every how many turns there is an image and a compaction: 50 and 200 of them. */
const IMAGE_EVERY = 40;
const COMPACT_EVERY = 10;
/** User messages that a compaction keeps. */
const KEPT = 15;

/** What the writing process has to say. */
export interface SoakResult {
  path: string;
  ms: number;
  /** Bytes of everything that people, the model and commands said, each once. */
  unique: number;
  images: number;
  compactions: number;
  rss_100: number;
  rss_end: number;
}

/** Text that does not repeat and hardly compresses, the same for the same seed. */
function noise(seed: number, length: number): string {
  let text = "";
  for (let n = 0; text.length < length; n++) text += Bun.hash(`${seed}:${n}`).toString(36);
  return text.slice(0, length);
}

/** What the command of a turn prints: mostly some kilobytes, now and then more than a line of the rollout holds. */
export function outputOf(n: number): string {
  const lines = n % 20 === 0 ? 3000 : 150;
  return Array.from(
    { length: lines },
    (_, k) => `src/file${(n * 31 + k) % 977}.ts:${k}: ${noise(n * 10_000 + k, 40)}`,
  ).join("\n");
}

export const answerOf = (n: number) => `answer ${n}: ${noise(-n, 900)}`;
const promptOf = (n: number) => `soak ${n} ${noise(n, 200)}`;
const imageOf = (n: number) => `data:image/png;base64,${Buffer.from(noise(n, 65_000)).toString("base64")}`;

function settings(cwd: string): ThreadSettings {
  return {
    cwd,
    model: "scripted",
    model_provider: "soak",
    effort: null,
    reasoning_summary: null,
    verbosity: null,
    service_tier: null,
    approval_policy: "never",
    sandbox_mode: "workspace-write",
    memory_limit: null,
    sandbox_workspace_write: {
      writable_roots: [],
      network_access: false,
      hidden_paths: [],
      exclude_slash_tmp: true,
      exclude_tmpdir_env_var: true,
    },
    shell_environment_policy: {
      inherit: "all",
      ignore_default_excludes: false,
      exclude: [],
      set: {},
      include_only: [],
    },
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
    output_schema: null,
  };
}

function openThread(url: string, home: string, cwd: string, path: string, thread_id: string): Thread {
  const date = () => new Date();
  return new Thread({
    resumed: null,
    thread_id,
    settings: settings(cwd),
    services: {
      openModel: () =>
        createClient(
          {
            id: "soak",
            name: "soak",
            base_url: url,
            wire_api: "responses",
            api_key: "sk-soak",
            http_headers: {},
            query_params: {},
            request_max_retries: null,
            stream_max_retries: null,
            stream_idle_timeout_ms: 300_000,
            header_timeout_ms: null,
            organization: null,
            project: null,
            user_agent: "moat/soak",
            originator: "moat",
            ca_file: null,
            give_up_after_ms: 0,
            waits_for_first: true,
          },
          { now: Date.now, random: Math.random },
        ),
      tape: null,
      checkpoints: null,
      tools: builtInTools(),
      modelInfo: async (model) => modelInfo(model),
      openChild() {
        throw new Error("no call asks for a child here");
      },
      openSandbox: () => openSandbox({ cache_dir: `${home}/bin` }),
      sink: new RolloutWriter(path, date),
      saveRule: () => {},
      secrets: new Secrets(),
      keys: new Secrets(),
      key_files: [],
      hooks: null,
      held: [],
      administrator: { restrict: (wanted) => ({ ...wanted, notes: [] }), no_network: null },
      transcript_path: null,
      open_files: null,
      ownCommands: () => null,
      env: { PATH: process.env.PATH, HOME: home },
      home,
      moat_home: home,
      moat_version: "soak",
      date,
      now: () => performance.now(),
    },
  });
}

function rss(): number {
  Bun.gc(true);
  return process.memoryUsage.rss();
}

/** The history after a compaction: the last user messages and a summary. */
function compacted(items: readonly HistoryItem[], n: number): HistoryItem[] {
  const users = items.filter((item) => item.type === "message" && item.role === "user").slice(-KEPT);
  const summary = `summary ${n}: ${noise(n * 7, 2000)}`;
  return [...users, { type: "message", role: "user", content: [{ type: "input_text", text: summary }] }];
}

async function write(url: string, home: string, cwd: string): Promise<SoakResult> {
  const thread_id = Bun.randomUUIDv7();
  const path = rolloutPath(home, thread_id, new Date());
  const thread = openThread(url, home, cwd, path, thread_id);
  const result: SoakResult = { path, ms: 0, unique: 0, images: 0, compactions: 0, rss_100: 0, rss_end: 0 };
  const start = performance.now();
  const begin = (n: number) => {
    const image = n % IMAGE_EVERY === 0 ? [{ type: "image" as const, image_url: imageOf(n) }] : [];
    result.images += image.length;
    result.unique += [promptOf(n), outputOf(n), answerOf(n), ...image.map(({ image_url }) => image_url)].join(
      "",
    ).length;
    thread.submit({ type: "user_turn", input: [{ type: "text", text: promptOf(n) }, ...image] });
  };
  let n = 0;
  begin(n);
  for await (const event of thread.events) {
    if (event.type === "turn.failed") throw new Error(`turn ${n} failed: ${event.error.message}`);
    if (event.type !== "turn.completed") continue;
    if (n % COMPACT_EVERY === COMPACT_EVERY - 1) {
      const history = compacted(thread.parts.conversation.items, n);
      thread.parts.conversation.replace("compacted", history, 0, 0);
      result.compactions++;
      result.unique += 2000;
    }
    if (n === 100) result.rss_100 = rss();
    if (++n < TURNS) begin(n);
    else thread.submit({ type: "shutdown" });
  }
  return { ...result, ms: performance.now() - start, rss_end: rss() };
}

function resume(path: string): number {
  const start = performance.now();
  const { turns, damaged } = readThread(path);
  const ms = performance.now() - start;
  if (turns !== TURNS || damaged.length > 0) throw new Error(`${turns} turns, ${damaged.length} damaged lines`);
  return ms;
}

if (import.meta.main) {
  const [mode, first = "", home = "", cwd = ""] = process.argv.slice(2);
  console.log(JSON.stringify(mode === "write" ? await write(first, home, cwd) : resume(first)));
}
