import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { putBlob } from "../blobs.ts";
import { Packer } from "../pack.ts";
import { blobsOf, listRollouts, rolloutPath } from "../paths.ts";
import { writeRollout } from "../write-whole.ts";
import { readCodexThread } from "./codex-import.ts";

/** What came of one file. */
export type ImportResult =
  | {
      ok: true;
      file: string;
      thread_id: string;
      path: string;
      turns: number;
      skipped: Record<string, number>;
      warnings: string[];
    }
  /** `exists`: a thread of this id is there already; nothing was changed. */
  | { ok: false; file: string; reason: "exists" | "not a Codex rollout" | "unreadable"; message: string };

/** Codex rollouts below a directory, oldest first, or the file itself. Throws when the path is not there. */
export function codexFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => /(?:^|\/)rollout-[^/]+\.(?:jsonl|jsonl\.zst|json)$/.test(name))
    .map((name) => join(path, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
    .sort();
}

/** Imports Codex rollouts as threads with the same ids and times, one a call: the file's name, and what it holds. */
export function codexImporter(moat_home: string, moat_version: string): (file: string, bytes: Buffer) => ImportResult {
  const known = new Set(listRollouts(moat_home).map(({ thread_id }) => thread_id));
  return (file, bytes) => {
    const result = importOne(moat_home, file, bytes, moat_version, known);
    if (result.ok) known.add(result.thread_id);
    return result;
  };
}

function importOne(
  moat_home: string,
  file: string,
  bytes: Buffer,
  moat_version: string,
  known: Set<string>,
): ImportResult {
  try {
    const thread = readCodexThread(file, bytes, moat_version);
    if (!thread) {
      const message = "it does not begin with the id of a Codex thread";
      return { ok: false, file, reason: "not a Codex rollout", message };
    }
    const { thread_id, started, events, turns, skipped, warnings } = thread;
    if (known.has(thread_id)) {
      return { ok: false, file, reason: "exists", message: `thread ${thread_id} is there already` };
    }
    const date = new Date(started);
    const path = rolloutPath(moat_home, thread_id, Number.isNaN(date.getTime()) ? new Date(0) : date);
    const packer = new Packer((text) => putBlob(blobsOf(path), text, date), null);
    const lines = events.map(({ timestamp, body }, seq) => {
      const packed = packer.pack({ seq, ...body }, timestamp);
      packed.written();
      return packed.text;
    });
    writeRollout(path, lines);
    return { ok: true, file, thread_id, path, turns, skipped, warnings };
  } catch (error) {
    return { ok: false, file, reason: "unreadable", message: (error as Error).message };
  }
}
