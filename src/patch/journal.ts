import * as fs from "node:fs";
import { dirname, join } from "node:path";
import type { PlannedWrite } from "./contract.ts";
import { errorCode, exists, type PatchIo } from "./io.ts";

/**
 * What a commit is about to do, written before it does anything. While the record is `ID.json`, the commit can be undone;
 * once it is `ID.done`, only leftovers remain to be removed. All paths are absolute.
 */
export interface Journal {
  version: 1;
  owner: JournalOwner;
  /** Directories that the patch creates, outermost first. */
  directories: string[];
  steps: JournalStep[];
}

/** A process: its id, and when it started, because ids are used again. */
export interface JournalOwner {
  pid: number;
  started: string | null;
}

/**
 * `staged` is the new content beside its target, `backup` the old file. An `overwrite` keeps both in the journal's directory,
 * since it writes into the inode itself. Hashes are of contents, to tell our own work from what somebody else wrote later.
 */
export type JournalStep =
  | { op: "create"; path: string; staged: string; new_hash: string }
  | { op: "replace"; path: string; staged: string; backup: string; new_hash: string }
  | { op: "overwrite"; path: string; staged: string; backup: string; old_hash: string; old_mode: number }
  | { op: "remove"; path: string; backup: string };

/** A journal on disk. */
export interface JournalFile {
  path: string;
  journal: Journal;
}

/** Not a defence against forgery: it tells contents apart, and its speed is that of memory. */
export function hashContent(content: readonly Uint8Array[]): string {
  const whole = content.length === 1 && content[0] ? content[0] : Buffer.concat(content);
  return Bun.hash.xxHash3(whole).toString(16);
}

/**
 * Whether a patch is one rename over one file, or one new name in a directory that is there: that is atomic by itself, so
 * nothing must be kept to undo it, and the journal only names the staged file, should it be left behind.
 */
export function isAtomic({ steps, directories }: Journal): boolean {
  const [only] = steps;
  return steps.length === 1 && directories.length === 0 && (only?.op === "replace" || only?.op === "create");
}

/** Chooses names for everything that the writes need, and records them before anything of it is made. */
export function openJournal(io: PatchIo, directory: string, writes: readonly PlannedWrite[]): JournalFile {
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (let n = 0; ; n++) {
    const id = `${process.pid}-${n}`;
    const path = join(directory, `${id}.json`);
    const journal: Journal = {
      version: 1,
      owner: { pid: process.pid, started: startOf("self") },
      directories: missingDirectories(writes),
      steps: writes.map((write, i) => stepFor(write, directory, `${id}-${i}`, writes.length === 1)),
    };
    if (journal.steps.some(namesAreTaken) || fs.existsSync(join(directory, `${id}.done`))) continue;
    try {
      const record = [Buffer.from(JSON.stringify(journal))];
      io.writeNew(path, record, { mode: 0o600, owner: null, durable: !isAtomic(journal) });
      return { path, journal };
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
    }
  }
}

/** `alone`: a single replacement is never told from other contents, so its hash is left out. */
function stepFor(write: PlannedWrite, directory: string, id: string, alone: boolean): JournalStep {
  const beside = (suffix: string) => join(dirname(write.path), `.moat-patch-${id}.${suffix}`);
  switch (write.op) {
    case "create":
      return { op: "create", path: write.path, staged: beside("new"), new_hash: hashContent(write.content) };
    case "remove":
      return { op: "remove", path: write.path, backup: beside("old") };
    case "replace": {
      const new_hash = alone ? "" : hashContent(write.content);
      if (!write.in_place)
        return { op: "replace", path: write.path, staged: beside("new"), backup: beside("old"), new_hash };
      const kept = (suffix: string) => join(directory, `${id}.${suffix}`);
      const old_hash = hashContent(write.before.bytes ? [write.before.bytes] : []);
      return {
        op: "overwrite",
        path: write.path,
        staged: kept("new"),
        backup: kept("old"),
        old_hash,
        old_mode: write.before.mode,
      };
    }
  }
}

function namesAreTaken(step: JournalStep): boolean {
  const names =
    step.op === "create" ? [step.staged] : step.op === "remove" ? [step.backup] : [step.staged, step.backup];
  return names.some(exists);
}

function missingDirectories(writes: readonly PlannedWrite[]): string[] {
  const missing = new Set<string>();
  for (const write of writes) {
    const chain: string[] = [];
    for (let at = dirname(write.path); !missing.has(at) && !fs.existsSync(at); at = dirname(at)) chain.unshift(at);
    for (const directory of chain) missing.add(directory);
  }
  return [...missing];
}

/** The journals in a directory and whether each is past its commit; nothing when there is no such directory. */
export function readJournals(directory: string): (JournalFile & { done: boolean })[] {
  let names: string[];
  try {
    names = fs.readdirSync(directory);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
  const found: (JournalFile & { done: boolean })[] = [];
  for (const name of names.sort()) {
    const done = name.endsWith(".done");
    if (!done && !name.endsWith(".json")) continue;
    const path = join(directory, name);
    const journal = parseJournal(path);
    // A record that was cut off while it was written: nothing had been done yet.
    if (journal) found.push({ path, journal, done });
    else fs.rmSync(path, { force: true });
  }
  return found;
}

function parseJournal(path: string): Journal | null {
  try {
    const value: Journal = JSON.parse(fs.readFileSync(path, "utf8"));
    return value.version === 1 && Array.isArray(value.steps) && Array.isArray(value.directories) ? value : null;
  } catch {
    return null;
  }
}

/** Whether the process that wrote a journal still runs: then it is at work and the journal is not ours to touch. */
export function isAlive(owner: JournalOwner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
  return owner.started === null || owner.started === startOf(String(owner.pid));
}

/** Start time of a process in clock ticks since boot: field 22 of `/proc/PID/stat` (proc_pid_stat(5)); null elsewhere. */
function startOf(pid: string): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
