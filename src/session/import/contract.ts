import type { EventBody, HistoryItem, TurnContext, Usage } from "../../protocol/index.ts";
import type { ForeignFile } from "./foreign-file.ts";
import type { Losses } from "./losses.ts";
import type { ShownBody } from "./shown.ts";

/*
 * How a session of another agent becomes a thread: a reader goes through its lines and says what they mean as records, and one
 * writer makes a rollout of those. A reader knows nothing of rollouts, the writer nothing of agents.
 */

/** What happened in a session, in order. `at`: ISO 8601. */
export type ImportRecord = { at: string } & ImportBody;

export type ImportBody =
  /** A turn begins. Its context may be corrected until the next one begins. */
  | { type: "turn.begun"; turn: { context: TurnContext } }
  /** `failed`: why, where it did not come to its end. */
  | { type: "turn.ended"; failed: string | null }
  /** What the model saw or said from here on. */
  | { type: "item"; item: HistoryItem }
  /** What a person saw. */
  | { type: "shown"; body: ShownBody }
  /** All that the thread has used so far. */
  | { type: "usage"; usage: Usage }
  | Pick<Extract<EventBody, { type: "history.replaced" }>, "type" | "why" | "history">
  /** An event of moat's own, as it was. */
  | { type: "event"; body: EventBody }
  /** What the thread is called; null: nothing any more. */
  | { type: "named"; name: string | null };

/** A thread as a session's file has it. */
export interface SourceThread {
  thread_id: string;
  /** ISO 8601. */
  started: string;
  /** Absolute. */
  cwd: string;
  /** The thread that it branched off. */
  forked_from: string | null;
  /** Read while they are iterated over. */
  records: Iterable<ImportRecord>;
}

/** Where an importer works. */
export interface ImportPlace {
  /** Variables of the process, which may name another directory. */
  env: Record<string, string | undefined>;
  /** Home directory of the user. */
  home: string;
}

/** A session that was found, before it is read. */
export interface FoundSession {
  file: string;
  /** Which of the file's sessions; null: the file is one. */
  key: string | null;
  /** ms since 1970. */
  updated: number;
  /** Where finding it told it already. */
  head?: SessionHead;
}

/** What a list shows of a session. */
export interface SessionHead {
  cwd: string | null;
  /** What a person said first, or a title; empty: nothing. */
  title: string;
}

/** One agent whose sessions can be read. */
export interface SourceAgent {
  /** As people call it. */
  name: string;
  /** What its files are called, for messages. */
  files: { one: string; many: string };
  /** Sessions below a directory, or where it keeps them (null). Not in any order. */
  find(place: ImportPlace, below: string | null): FoundSession[];
  /** Reads only the beginning. */
  head(session: FoundSession): SessionHead;
  /**
   * The threads that a file holds, each with its branches after it; null: it is no file of this agent. What is left out is told to
   * `losses` by the time that the records were iterated over, once. Throws when the file cannot be read.
   */
  open(file: ForeignFile, task: ImportTask): Iterable<SourceThread> | null;
}

/** One file that is imported. */
export interface ImportTask {
  /** Which of the file's sessions; null: all. */
  key: string | null;
  /** The directory of a session whose file says none. Absolute. */
  cwd: string;
  losses: Losses;
}
