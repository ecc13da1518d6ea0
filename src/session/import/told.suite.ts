// What a reader makes of a file, without a rollout: its threads with the events that they would have.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EventBody } from "../../protocol/index.ts";
import { readThread, rolloutPath, type StoredThread } from "../index.ts";
import { tempHome } from "../sample.suite.ts";
import type { SourceAgent, SourceThread } from "./contract.ts";
import { ForeignFile } from "./foreign-file.ts";
import { Losses } from "./losses.ts";
import { type ThreadSink, tellThread, writeThread } from "./thread-writer.ts";

/** A thread as a reader told it. */
export interface ToldThread {
  thread_id: string;
  started: string;
  forked_from: string | null;
  events: { timestamp: string; body: EventBody }[];
  turns: number;
  /** Of the whole file. */
  skipped: Record<string, number>;
  warnings: string[];
}

/** The threads of a file; null where it is none of this agent. */
export function toldThreads(open: SourceAgent["open"], path: string, bytes: Buffer | null = null): ToldThread[] | null {
  const losses = new Losses();
  const threads = open(new ForeignFile(path, bytes), { key: null, cwd: "/", losses });
  // One after the other: the next may not be there before this one was read.
  return threads && Array.from(threads, (thread) => toldThread(thread, losses));
}

/** The threads of a file, written: the paths of their rollouts. */
export function storedPaths(open: SourceAgent["open"], home: string, path: string): string[] {
  const date = () => new Date(0);
  const threads = open(new ForeignFile(path), { key: null, cwd: "/", losses: new Losses() });
  return Array.from(threads ?? [], (thread) => {
    const target = rolloutPath(home, thread.thread_id, date());
    writeThread(target, thread, "9.9.9", date);
    return target;
  });
}

/** The threads of a file, written and read again. */
export function storedThreads(open: SourceAgent["open"], home: string, path: string): StoredThread[] {
  return storedPaths(open, home, path).map((target) => readThread(target));
}

function toldThread(thread: SourceThread, { skipped, warnings }: Losses): ToldThread {
  const events: (ToldThread["events"][number] | null)[] = [];
  const sink: ThreadSink = {
    put: (timestamp, body) => events.push({ timestamp, body }),
    name: () => {},
    later(timestamp) {
      const at = events.push(null) - 1;
      return (body) => {
        events[at] = { timestamp, body };
      };
    },
  };
  const turns = tellThread(thread, "9.9.9", sink);
  const { thread_id, started, forked_from } = thread;
  return {
    thread_id,
    started,
    forked_from,
    events: events.filter((event) => event !== null),
    turns,
    skipped,
    warnings,
  };
}

/** The same of lines that a test writes. */
export function toldLines(open: SourceAgent["open"], lines: unknown[], name = "session.jsonl"): ToldThread[] | null {
  using home = tempHome();
  const path = join(home.dir, name);
  const text = lines.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join("\n");
  writeFileSync(path, name.endsWith(".zst") ? Bun.zstdCompressSync(text) : text);
  return toldThreads(open, path);
}
