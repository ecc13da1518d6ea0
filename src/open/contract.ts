import type { Secrets } from "../base/index.ts";
import type {
  Config,
  Document,
  FolderTrust,
  Hook,
  HookContext,
  InstructionPart,
  loadConfig,
  Override,
  TrustQuestion,
} from "../config/index.ts";
import type { BudgetLimits, Tape, Thread, ThreadServices } from "../core/index.ts";
import type { ProviderSettings } from "../model/index.ts";
import type { ApprovalPolicy, Event, JsonSchema, ToolSpec } from "../protocol/index.ts";
import type { StoredThread } from "../session/index.ts";
import type { CatalogOverrides } from "./model-catalog.ts";

/** The user's own programs that moat starts outside the sandbox, as they lie there when the thread begins. */
export interface Outside {
  env: Record<string, string>;
  hooks: readonly Hook[];
  hook_context: Omit<HookContext, "now">;
  /** Files that commands must not change. Absolute. */
  held: string[];
  /** Looks at a command now; from here on what it names must stay. */
  command(argv: readonly string[]): HeldCommand;
}

/** A program with its arguments, found again before each start. */
export interface HeldCommand {
  /** The words to start from a directory, the first an absolute path; or why it must not be started. */
  start(cwd: string): { ok: true; argv: string[] } | { ok: false; message: string };
}

/** The process that a thread lives in. */
export interface OpenHost {
  /** Where the process works. Absolute. */
  cwd: string;
  /** The executable that runs. Absolute. */
  program: string;
  env: Record<string, string | undefined>;
  /** Lets this very process reach `NO_PROXY` hosts and the like: Bun reads such variables when it connects. */
  setEnvironment(values: Record<string, string>): void;
  /** MOAT_HOME or ~/.moat, absolute. */
  moat_home: string;
  /** Home directory of the user. */
  home: string;
  version: string;
  stderr(text: string): void;
  /** What must not leave the process: all that is printed goes through it. */
  secrets: Secrets;
  date(): Date;
  /** From 0 up to 1, as `Math.random`. */
  random(): number;
  /** Aborts on SIGINT and SIGTERM; `reason` is the signal's name. */
  signal: AbortSignal;
}

/** Settings of a thread that a person typed or a front end chose, already understood. */
export interface OpenOptions {
  /** Absolute. */
  cwd: string;
  /** Settings of the front end itself: what a stored thread or a person says wins. */
  preset?: Override[];
  /** What a person typed: wins over every file and over what a stored thread had. */
  overrides?: Override[];
  /** `-p NAME`. */
  profile?: string | null;
  /** Unknown keys of the configuration are errors. */
  strict?: boolean;
  /** Use the project's files this once without asking for trust. */
  trust?: boolean;
  /** The policy that a person named, over everything; null or absent: nobody did. */
  approval_policy?: ApprovalPolicy | null;
  /** The front end's own policy (undefined: the configured one). */
  own_policy?: (config: Config) => ApprovalPolicy | undefined;
  /** Patches inside the writable places need no question. */
  free_patches?: boolean;
  /** Plan mode; null or absent: as the stored thread has it, and a new one is in none. */
  plan?: boolean | null;
  /** More directories that may be written, absolute. */
  add_dirs?: string[];
  /** One more file of instructions. */
  project_doc?: Document | null;
  /** Any model server of this machine will do. */
  oss?: boolean;
  budget?: BudgetLimits;
  /** Schema that the final answer must follow. */
  output_schema?: JsonSchema | null;
  ignore_user_config?: boolean;
  /** `review_model` answers, where one is configured and nobody named a model. */
  review?: boolean;
  /** Leave rule files out. */
  ignore_rules?: boolean;
  /**
   * Asks the person about the project and remembers the answer; called at most once, before the thread starts. Absent: nobody
   * can be asked, and what is not trusted is not used.
   */
  askTrust?: (question: TrustQuestion) => Promise<void>;
  /** What a person has open in an editor; null or absent: nothing. */
  open_files?: ThreadServices["open_files"];
  /** Keep no rollout. */
  ephemeral?: boolean;
  /** The configuration for just these settings, where whoever opens the thread has read it already. */
  loaded?: Loaded;
  /** The stored thread that goes on; null or absent: a new one. */
  resume?: { path: string; stored: StoredThread } | null;
  /** How long an outage may last, in ms; null: a person watches and can stop it. */
  give_up_after_ms?: number | null;
  /** Gets the thread before anything happens in it. */
  watch?: ((thread: Thread) => void) | null;
  /** Writes down all that comes from outside; null or absent: nothing does. */
  recorder?: ThreadRecorder | null;
}

/** A tape that also stands between the thread and what is random or comes over the network. */
export interface ThreadRecorder extends Tape {
  random(): number;
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Told what the model is offered, each time. */
  offered(specs: readonly ToolSpec[]): void;
  /** Called once, before the thread's first op. */
  begin(start: RecordingStart): void;
}

/** All that a recorded thread starts with. */
export interface RecordingStart {
  moat_version: string;
  thread_id: string;
  settings: Thread["settings"];
  resumed: StoredThread | null;
  catalog: CatalogOverrides;
  provider: ProviderSettings;
}

/** What a thread was opened with, beyond its settings. */
export interface ThreadFacts {
  provider: ProviderSettings;
  /** Files of instructions, in the order in which the model gets them. */
  instructions: InstructionPart[];
  /** Root of the project. */
  folder: string;
  /** null: nobody was asked yet. */
  folder_trust: FolderTrust | null;
  /** Files that set something. */
  config_files: string[];
  /** Programs that run at events. */
  hooks: number;
  /** Servers of tools that are switched on. */
  servers: number;
}

/** Why something of a thread cannot be had, with the exit code that fits. */
export interface Refusal {
  ok: false;
  message: string;
  exit: number;
  /** All is understood, only the key of the provider is missing. */
  no_key?: true;
  /** No provider is named and no key is there at all: a login would do. */
  nothing_configured?: true;
}

/** A thread that is ready for its first op. */
export interface Opened {
  ok: true;
  thread: Thread;
  config: Config;
  /** What no program of the user gets. */
  keys: Secrets;
  facts: ThreadFacts;
  /** What happened in the stored thread that goes on, as its events; nothing for a new one. Read while it is iterated over. */
  past: Iterable<Event>;
  /** Sentences for the person. */
  warnings: string[];
  /** The user's own programs that run outside the sandbox; null: the configuration names none. */
  outside: Outside | null;
}

export type OpenResult = Opened | Refusal;

/** The settings in force, and what came with them: rules of the administrator, trust, hooks. */
export type Loaded = Omit<Extract<Awaited<ReturnType<typeof loadConfig>>, { ok: true }>, "ok">;
