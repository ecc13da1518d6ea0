import type { ApprovalPolicy, Decision } from "./approval.ts";
import type { SandboxMode } from "./sandbox.ts";
import type { UserInputAnswer } from "./user-input.ts";

/** One part of what the user says. Paths of local images are read by the core when the op is taken up. */
export type InputPart =
  | { type: "text"; text: string }
  | { type: "image"; image_url: string }
  | { type: "local_image"; path: string };

/** Reasoning efforts that the three wires know, weakest first. */
export const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

export type Effort = (typeof EFFORTS)[number];

/**
 * What a turn, or an op between two turns, may change; what is absent stays as the thread has it. An approval policy replaces all that was said of
 * approvals before: switches of a granular policy, and free patches unless they are named with it.
 */
export interface SettingsChange {
  model?: string;
  effort?: Effort;
  approval_policy?: ApprovalPolicy;
  /** Patches inside the writable places need no question (auto-edit). */
  free_patches?: boolean;
  sandbox_mode?: SandboxMode;
  /**
   * Plan mode: nothing can be written, by the kernel, and nobody is asked for more; the model ends with a plan. Where it stays on,
   * other changes are for what comes after it.
   */
  plan?: boolean;
}

/** What goes into a thread. */
export type Op =
  /** Starts a turn. While a turn runs: aborts it and takes its place. */
  | { type: "user_turn"; input: InputPart[]; overrides?: SettingsChange }
  /** Said while a turn runs: reaches the model between two tool calls. Without a running turn it starts one. */
  | { type: "steer"; input: InputPart[] }
  /** Changes settings without a turn; while one runs, once it is over. */
  | { type: "settings"; changes: SettingsChange }
  /** `thread_id`: of the child thread that asks; absent: the thread itself does. */
  | { type: "approval"; call_id: string; decision: Decision; thread_id?: string }
  /** Answers a question of the model (`user_input.requested`). `thread_id` as above. */
  | { type: "user_input"; call_id: string; answer: UserInputAnswer; thread_id?: string }
  /** `take_back`: what was said to the turn and has not reached the model is not said; otherwise it begins a turn of its own. */
  | { type: "interrupt"; take_back?: boolean }
  /** A command of the person: it runs in the sandbox of the thread, after the turn that runs, and the model sees it with the next one. */
  | { type: "user_command"; command: string }
  | { type: "compact"; instructions?: string }
  /**
   * Takes back what the last turns changed on the disk (`turns`: how many, one when left out; or `to`: that turn, by its id, and all after
   * it), once no turn runs. What somebody changed since stays as it is, unless it is forced. `files.restored` says what was done, `error`
   * why nothing was.
   */
  | { type: "undo"; turns?: number; to?: string; force?: boolean }
  /** Brings back what the last undo took. */
  | { type: "redo"; force?: boolean }
  | { type: "shutdown" };
