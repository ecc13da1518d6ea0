import type { Secrets } from "../base/index.ts";
import type { StoredCheckpoints } from "../checkpoint/index.ts";
import type { AgentDefinition, HookInput, HookVerdict, Skill } from "../config/index.ts";
import type { ModelClient, ModelInfo } from "../model/index.ts";
import type { Granular, Rules } from "../policy/index.ts";
import type { ApprovalPolicy, Event, JsonSchema, Op, SandboxMode, ServerLimits } from "../protocol/index.ts";
import type { Sandbox, SandboxPolicy, ShellEnvironmentPolicy } from "../sandbox/index.ts";
import type { OpenFiles, ToolSet } from "../tools/index.ts";
import type { Budget, BudgetLimits } from "./budget.ts";
import type { OpenCheckpoints } from "./files/turn-files.ts";
import type { Tape } from "./tape.ts";

/** What a thread works with. Plain data: whoever starts a thread has read configuration and flags already. */
export interface ThreadSettings {
  /** Absolute. */
  cwd: string;
  model: string;
  model_provider: string;
  effort: string | null;
  reasoning_summary: "auto" | "concise" | "detailed" | "none" | null;
  verbosity: "low" | "medium" | "high" | null;
  approval_policy: ApprovalPolicy;
  /** Narrows which questions `on-request` may ask; null: all. */
  granular: Granular | null;
  /** Patches inside the writable places need no question (auto-edit). */
  free_patches: boolean;
  sandbox_mode: SandboxMode;
  /** Set in plan mode alone: what holds again after it. Then the settings above are those of plan mode (`withPlan`). */
  after_plan?: AfterPlan;
  sandbox_workspace_write: {
    writable_roots: string[];
    network_access: boolean;
    /** Hosts that are open without it. Absent: none. */
    network_hosts?: string[];
    exclude_slash_tmp: boolean;
    exclude_tmpdir_env_var: boolean;
    /** Count in read-only as well. */
    hidden_paths: string[];
    allow_sockets?: readonly string[];
    allow_reading?: readonly string[];
  };
  /** Bytes of memory that a command may take; null: as much as there is. */
  memory_limit: number | null;
  shell_environment_policy: ShellEnvironmentPolicy;
  /** `once`: a login profile is read once a thread, and again when its files change, or one of these. Else each command reads it. */
  login_shell: { once: boolean; files: readonly string[] };
  /** Names of variables that hold provider keys; no command ever sees them. */
  provider_key_names: string[];
  rules: Rules;
  /** Tokens of one tool output that reach the model. */
  tool_output_token_limit: number;
  /** Replaces our system prompt. */
  system_prompt: string | null;
  developer_instructions: string | null;
  /** Folders of instructions that the model can open when one fits. */
  skills: readonly Skill[];
  /** Kinds of agents that it may start. */
  agents: readonly AgentDefinition[];
  /** AGENTS.md and its kind, already put together. */
  project_instructions: string | null;
  web_search: "cached" | "live" | null;
  /** Tokens of the model's window, where the catalog does not know them or is wrong; null: as the catalog has it. */
  context_window: number | null;
  /** Tokens in the context after which it is compacted; null: a share of the window. */
  auto_compact_token_limit: number | null;
  /** Replaces our prompt for compaction. */
  compact_prompt: string | null;
  budget: BudgetLimits;
  service_tier: string | null;
  /** Schema that the final answer must follow. */
  output_schema: JsonSchema | null;
}

/** What plan mode replaces while it lasts. */
export type AfterPlan = Pick<ThreadSettings, "approval_policy" | "granular" | "free_patches" | "sandbox_mode">;

/** What the administrator of the machine leaves to a thread. */
export interface AdministratorRules {
  /** The values that may be used in place of the wanted ones, and a sentence for each that is another one. */
  restrict(
    wanted: Pick<ThreadSettings, "sandbox_mode" | "approval_policy">,
  ): Pick<ThreadSettings, "sandbox_mode" | "approval_policy"> & { notes: string[] };
  /** Why no command may reach the network, whoever allows it; null: it may. */
  no_network: string | null;
}

/** Where a thread's events are kept. */
export interface EventSink {
  /** Called for every event in order; decides itself what is kept. Throws when it cannot be written. */
  append(event: Event): void;
  /** Makes what was appended durable. */
  sync(): void;
  close(): void;
}

/** What a child thread starts from. */
export interface ChildStart {
  settings: ThreadSettings;
  /** Where its calls keep what they change: with the turn of its parent; null: nowhere. */
  checkpoints: OpenCheckpoints | null;
  /** The parent's: what the child uses up counts there. */
  budget: Budget;
  /** The parent's, but for what is told of sessions. */
  hooks: HookService | null;
}

/** Programs that run at events. */
export interface HookService {
  /** null: none is for it. */
  fire(input: HookInput, signal: AbortSignal): Promise<HookVerdict | null>;
}

/** What a thread does with a child of it. */
export interface ChildThread {
  readonly thread_id: string;
  readonly events: AsyncIterable<Event>;
  submit(op: Op): void;
}

/** The world that a thread lives in. */
export interface ThreadServices {
  /** Called before the first request of a thread and after a change of model. `known`: what its server turned out not to take. */
  openModel(known: ServerLimits | null): Promise<ModelClient>;
  /** What is known of a model: its window, its price, what it takes. */
  modelInfo(model: string): Promise<ModelInfo>;
  /** Called before the first command. */
  openSandbox(): Promise<Sandbox>;
  /** Starts a thread that works for a call of this one, in the same world. Nothing of it is kept but what the call comes to. */
  openChild(start: ChildStart): ChildThread;
  /** What the model may call in this thread. */
  tools: ToolSet;
  sink: EventSink | null;
  /** A recording that is made or played; null: neither. */
  tape: Tape | null;
  /** What must not leave the thread: neither into its file, nor to a front end. */
  secrets: Secrets;
  /** Those of them that no command gets. */
  keys: Secrets;
  /** Files of settings that hold one; absolute. No command reads them. */
  key_files: readonly string[];
  /** What undo is made of; null: nothing is kept, so that nothing can be taken back. */
  checkpoints: { open: OpenCheckpoints; stored: StoredCheckpoints } | null;
  /** null: there are none. */
  hooks: HookService | null;
  /** Files of programs that run outside the sandbox, which no command may change. Absolute. */
  held: readonly string[];
  /** Rules that no setting, no answer and no op gets around. */
  administrator: AdministratorRules;
  /** File of the thread; null when none is kept. */
  transcript_path: string | null;
  /** Keeps a rule that the user's answer made, in the form that rule files have. */
  saveRule(rule: string): void;
  /** What a person has open in an editor; null: the front end is none. */
  open_files: OpenFiles | null;
  /** Directory at the end of every command's PATH with what moat itself offers there; null: there is none. */
  ownCommands(): string | null;
  /** Who speaks for the hosts that a credential is added for, and what leads tools to trust it. Absent: there are none. */
  credentials?: { intercept: NonNullable<SandboxPolicy["intercept"]>; env: Record<string, string> };
  env: Record<string, string | undefined>;
  home: string;
  moat_home: string;
  moat_version: string;
  /** Wall clock. */
  date(): Date;
  /** Monotonic milliseconds. */
  now(): number;
}
