import type { Thread } from "../../core/index.ts";
import type { ApprovalPolicy, SandboxMode } from "../../protocol/index.ts";

/** A thread as a caller wants it. What is null stays as the server was started. */
export interface McpOpening {
  /** Directory, absolute or from where the server works. */
  cwd: string | null;
  model: string | null;
  sandbox: SandboxMode | null;
  approval_policy: ApprovalPolicy | null;
}

/** A thread to work in, or why there is none. */
export type McpOpened = { ok: true; thread: Thread; warnings: string[] } | { ok: false; message: string };

/** What `moat mcp-server` has of the process that it runs in. */
export interface McpServerOptions {
  version: string;
  /** Lines of standard input, without their ends; null for one that was too long to be kept. */
  lines: AsyncIterable<string | null>;
  /** Writes one message as a line of standard output. */
  send(message: object): void;
  /** Starts a thread; nothing in it is wider than the server itself was started with. */
  open(opening: McpOpening): Promise<McpOpened>;
  /** Goes on with the stored thread of this id, no wider either. */
  resume(thread_id: string): Promise<McpOpened>;
  /** Aborts with the name of a signal as its reason. */
  signal: AbortSignal;
}
