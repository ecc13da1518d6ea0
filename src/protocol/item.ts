import type { Json } from "./json.ts";
import type { SandboxReport } from "./sandbox.ts";

/** How far an item is. `declined`: a person, a rule or the approval policy said no, and nothing was run. */
export type ItemStatus = "in_progress" | "completed" | "failed" | "declined";

/** Why nothing of a call was run. */
export interface Declined {
  /** The person at the terminal, a rule or the approval policy, a hook, or the program that answers in a person's place. */
  by: "person" | "policy" | "hook" | "program";
  /** A clause or a sentence; null: nobody gave one. */
  reason: string | null;
  /** Flags or a step that would let it through; absent: none is known. */
  grant?: string;
}

/** One visible thing of a thread, with the names and fields that `codex exec --json` gives them. */
export type Item =
  | AgentMessage
  | Reasoning
  | CommandExecution
  | FileChange
  | McpToolCall
  | WebSearch
  | TodoList
  | ProposedPlan
  | ErrorItem;

export interface AgentMessage {
  id: string;
  type: "agent_message";
  text: string;
}

export interface Reasoning {
  id: string;
  type: "reasoning";
  text: string;
}

export interface CommandExecution {
  id: string;
  type: "command_execution";
  /** The command as it was run, quoted for a shell. */
  command: string;
  /** stdout and stderr as they came, at most 1 MiB (head and tail). */
  aggregated_output: string;
  /** null while the command runs; -1 when it could not be started. */
  exit_code: number | null;
  status: ItemStatus;
  /** Set where `status` is `declined`. */
  declined?: Declined;
  /** What was really enforced; absent while the command runs and when it was not started. */
  sandbox?: SandboxReport;
  /** What was really started, and what it took; absent as `sandbox` is. */
  process?: CommandProcess;
}

/** What a command was as a process, with all that it started. The figures are the kernel's, and absent where there is no launcher (macOS). */
export interface CommandProcess {
  /** The words that were executed under the sandbox. */
  argv: string[];
  /** Absolute. */
  cwd: string;
  /** It came to its own end, its time was over, or it was stopped. */
  ended: "exited" | "timed_out" | "interrupted";
  /** The signal that ended the process itself, as in `SIGKILL`; absent: it exited. */
  signal?: string;
  wall_ms: number;
  /** Processor time of all its processes together. */
  user_ms?: number;
  system_ms?: number;
  /** Resident memory of the largest of its processes, at its height. */
  peak_memory_bytes?: number;
  /** Bytes of memory that it might take; absent: as much as there was. `sandbox.memory` says of what: all its processes, or each. */
  memory_limit_bytes?: number;
  /** That limit was met: `yes` where the kernel says so, `likely` where what it printed reads like it. Absent: not as far as is known. */
  memory_limit_met?: "yes" | "likely";
  /** Bytes that it printed, kept or not. */
  output_bytes: number;
  /**
   * Places below the home directory, as in `~/.config/astro`, that it wrote for the first time in its thread: they lie in the private layer of the
   * workspace (`sandbox.home`). At most a few; absent: none.
   */
  home_wrote?: string[];
  /** Bytes of its output that the model was given; absent for a command that ran on between calls. */
  shown_bytes?: number;
}

export interface FileUpdateChange {
  /** Absolute. A move is an `update` under the old path. */
  path: string;
  kind: "add" | "update" | "delete";
  /** Unified diff of this file; absent when the patch could not be resolved. */
  diff?: string;
  /** Where a moved file went. Absolute. */
  move_path?: string;
  /** Names that the file has (hard links), where it was changed under all of them; absent: one. Where the others lie is not known. */
  links?: number;
}

export interface FileChange {
  id: string;
  type: "file_change";
  changes: FileUpdateChange[];
  status: ItemStatus;
  /** Set where `status` is `declined`. */
  declined?: Declined;
  /** Why a failed patch does not fit. */
  error?: { message: string };
}

export interface McpToolCall {
  id: string;
  type: "mcp_tool_call";
  server: string;
  tool: string;
  arguments: Json;
  result: { content: Json[]; structured_content: Json } | null;
  error: { message: string } | null;
  status: ItemStatus;
  /** Set where `status` is `declined`. */
  declined?: Declined;
}

export interface WebSearch {
  id: string;
  type: "web_search";
  query: string;
  action: Json;
}

export interface TodoList {
  id: string;
  type: "todo_list";
  items: { text: string; completed: boolean }[];
}

/** What the model proposes at the end of plan mode; it ends its turn. */
export interface ProposedPlan {
  id: string;
  type: "plan";
  /** Markdown. */
  text: string;
}

/** A problem that did not end the turn. */
export interface ErrorItem {
  id: string;
  type: "error";
  message: string;
}
