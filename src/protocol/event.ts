import type { ApprovalPolicy, ApprovalRequest, Decision } from "./approval.ts";
import type { RestoredFiles, TurnFiles } from "./checkpoint.ts";
import type { Failure } from "./failure.ts";
import type { HistoryItem } from "./history.ts";
import type { Item } from "./item.ts";
import type { Denial, SandboxMode } from "./sandbox.ts";
import type { UserInputAnswer, UserInputRequest } from "./user-input.ts";

/** Tokens as the provider counted them. `cached` and `cache_write` are parts of `input`, `reasoning` is part of `output`. */
export interface Usage {
  input_tokens: number;
  cached_input_tokens: number;
  cache_write_input_tokens: number;
  output_tokens: number;
  reasoning_output_tokens: number;
}

/** The settings that a turn ran under; recorded so that a thread resumes as it was. */
export interface TurnContext {
  cwd: string;
  model: string;
  model_provider: string;
  effort: string | null;
  approval_policy: ApprovalPolicy;
  sandbox_mode: SandboxMode;
  /**
   * Set in plan mode alone: what holds again after it. The two above are what is in force: `read-only`, and nobody is asked. So
   * whoever does not know plan mode goes on with the least.
   */
  after_plan?: { approval_policy: ApprovalPolicy; sandbox_mode: SandboxMode };
  /**
   * Set in an imported thread alone: what its file did not say, so that the user's own configuration answers. A mode is the most
   * that the file leaves room for; the fields above then hold the least, for whoever does not know this one.
   */
  untold?: { model?: true; model_provider?: true; approval_policy?: ApprovalPolicy; sandbox_mode?: SandboxMode };
}

/** What a server turned out not to take: requests to it do without. */
export interface ServerLimits {
  /** Optional fields of the body. */
  omit: string[];
  /** It takes images. */
  images: boolean;
  /** It takes the reasoning of earlier answers back. */
  reasoning: boolean;
  /** Ids of calls have to be nine letters or digits. */
  short_ids: boolean;
  /** Most tokens of an answer; null: not known. */
  max_output_tokens: number | null;
}

/** Limits are those of one model of one provider. */
export interface LearnedLimits {
  provider: string;
  model: string;
  limits: ServerLimits;
}

/**
 * What comes out of a thread. The same shapes are printed by `exec --json` (the public ones) and stored in the rollout
 * (one exhaustive match says which). Every event carries a dense `seq` per thread: a gap is a lost event. `thread_id` stands
 * with the events of child threads, which come out of their parent with the numbers of their own thread.
 */
export type Event = { seq: number; thread_id?: string } & EventBody;

/** Whether an event that came out of a thread is one of a child of it. */
export function isOfChild({ thread_id: speaker }: Event, thread_id: string): boolean {
  return speaker !== undefined && speaker !== thread_id;
}

/** What a turn took, and what it changed. Absent: not known. */
interface Spent {
  duration_ms?: number;
  /** US dollars, by the prices of the catalog. */
  cost_usd?: number;
  /** Absent where nothing was changed, too. */
  files?: TurnFiles;
}

export type EventBody =
  | {
      type: "thread.started";
      thread_id: string;
      schema_version: number;
      /** Absolute directory of the thread. */
      cwd: string;
      /** Version of moat that wrote the thread. */
      moat_version: string;
      forked_from?: string;
    }
  | { type: "turn.started"; turn_id: string; context: TurnContext }
  | ({ type: "turn.completed"; turn_id: string; usage: Usage; turn_usage: Usage } & Spent)
  | ({ type: "turn.failed"; turn_id: string; error: Failure; usage: Usage; turn_usage: Usage } & Spent)
  | { type: "item.started"; item: Item }
  | { type: "item.updated"; item: Item }
  /** `duration_ms`: since it started, for what runs beside the model. */
  | { type: "item.completed"; item: Item; duration_ms?: number }
  /**
   * Text that was added to an open item. The item's own event carries the whole text again. `merged`: so many deltas before
   * `seq` are in this one, which other readers got one by one.
   */
  | {
      type: "item.delta";
      item_id: string;
      item_type: "agent_message" | "reasoning" | "command_execution";
      delta: string;
      merged?: number;
    }
  /** A problem that the turn survives, such as a retry that is about to happen. */
  | { type: "error"; message: string }
  | { type: "approval.requested"; request: ApprovalRequest }
  | { type: "approval.resolved"; call_id: string; decision: Decision }
  | { type: "user_input.requested"; request: UserInputRequest }
  | { type: "user_input.resolved"; call_id: string; answer: UserInputAnswer }
  | { type: "sandbox.denied"; item_id: string; denial: Denial }
  | { type: "stream.retrying"; attempt: number; max: number | null; delay_ms: number; error: Failure }
  /**
   * The response that was being streamed did not complete: all that was shown of these items is void. `usage`: the tokens
   * that it wasted, which the turn's total holds too; null where the server did not say.
   */
  | { type: "stream.reset"; item_ids: string[]; usage: Usage | null }
  | { type: "history.added"; item: HistoryItem }
  /** How full the context is now, in tokens. `limit`: where it is compacted. null: not known. */
  | { type: "context.measured"; tokens: number; window: number | null; limit: number | null }
  /** A budget ends the turn: the next step could pass it. Tokens, US dollars, ms, requests, commands. */
  | { type: "budget"; what: "tokens" | "cost" | "time" | "turns" | "commands"; limit: number; used: number }
  /** A server refused something that requests can do without; whoever goes on with the thread need not find out again. */
  | ({ type: "server.learned" } & LearnedLimits)
  /** Between two turns, what turns had changed on the disk was taken back, or brought back. */
  | ({ type: "files.restored" } & RestoredFiles)
  /** The settings were changed between two turns; the next one has them. */
  | { type: "settings.changed"; context: TurnContext }
  /**
   * The history was replaced by a shorter one; the lines before it stay. `compacted`: the model's notes took the place of what
   * they are about; `rewound`: the thread went back to where it was.
   */
  | {
      type: "history.replaced";
      why: "compacted" | "rewound";
      history: HistoryItem[];
      tokens_before: number;
      tokens_after: number;
    };

/** Version of the public events. Raised when a field is removed or changes its meaning; additions do not count. */
export const SCHEMA_VERSION = 1;
