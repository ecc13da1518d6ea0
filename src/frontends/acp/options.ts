import type { AppThread } from "../../app/index.ts";
import type { ThreadServices } from "../../core/index.ts";

/** A thread for an editor to talk to, or why there is none. */
export type AcpOpened =
  | ({ ok: true } & AppThread)
  /** `auth`: a key of a provider is all that is missing. */
  | { ok: false; message: string; auth: boolean };

/** A stored thread in a list. */
export interface StoredSession {
  thread_id: string;
  /** Absolute directory. */
  cwd: string;
  title: string;
  /** ISO 8601. */
  updated_at: string;
}

/** Stored threads, as an editor lists them and goes on with them. */
export interface SessionStore {
  /** The last used first; `cwd`: only those of this directory. */
  list(cwd: string | null): Promise<StoredSession[]>;
  /** The thread of exactly this id; null: there is none. */
  find(thread_id: string): Promise<StoredSession | null>;
  delete(thread_id: string): Promise<void>;
}

/** How a thread is to be opened. Paths are absolute. */
export interface AcpOpening {
  cwd: string;
  add_dirs: string[];
  /** Id of a stored thread that goes on; null: a new one. */
  resume: string | null;
  /** What is open in the editor; null: it does not say. */
  open_files: ThreadServices["open_files"];
}

/** What `moat acp` has of the process that it runs in. */
export interface AcpOptions {
  version: string;
  /** Lines of standard input, without their ends; null for one that was too long to be kept. */
  lines: AsyncIterable<string | null>;
  /** Writes one message as a line of standard output. */
  send(message: object): void;
  open(opening: AcpOpening): Promise<AcpOpened>;
  store: SessionStore;
  /** Why no provider can be asked, such as a key that is missing; null: one can. */
  missingKey(): Promise<string | null>;
  /** Ids of the models that the provider offers in this directory; empty where it does not say. */
  models(cwd: string, signal: AbortSignal): Promise<{ id: string; description: string }[]>;
  /** Aborts with the name of a signal as its reason. */
  signal: AbortSignal;
}
