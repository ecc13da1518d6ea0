import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Scanned } from "./scan.ts";

/** A summary beside the size and time of the file that it was read from. */
export interface IndexRow extends Scanned {
  size: number;
  /** ms since 1970. */
  mtime: number;
}

/** What lists were read from, so that an unchanged rollout is not read again. */
export interface ThreadIndex {
  rows: Map<string, IndexRow>;
  /** Stores changed rows by their path, and forgets paths. A cache that cannot be written is none: nothing is lost. */
  save(changed: Map<string, IndexRow>, gone: string[]): void;
  close(): void;
}

/** Raised when the columns or a summary change. An index of any other version is thrown away and built again. */
const VERSION = 1;

/** ms that a list waits for another process's list to be saved. */
const BUSY_MS = 500;

/** Opens the index. One that is missing, damaged or of another version starts empty; one that cannot be used is not saved. */
export async function openIndex(path: string): Promise<ThreadIndex> {
  const { Database } = await import("bun:sqlite");
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      return read(new Database(path, { create: true, readwrite: true }), path);
    } catch (error) {
      if (!isDamage(error)) break;
      remove(path);
    }
  }
  return { rows: new Map(), save: () => {}, close: () => {} };
}

type Db = InstanceType<typeof import("bun:sqlite").Database>;

function read(db: Db, path: string): ThreadIndex {
  try {
    db.run(`PRAGMA busy_timeout = ${BUSY_MS}`);
    const version = db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version;
    if (version !== VERSION) reset(db);
    const rows = db.query<[string, number, number, number, string], []>(
      "SELECT path, size, mtime, scanned, summary FROM threads",
    );
    const all = rows.values() as [string, number, number, number, string][];
    // One parse of all is several times faster than one a row.
    const summaries: Scanned["summary"][] = JSON.parse(`[${all.map((row) => row[4]).join(",")}]`);
    const entries = all.flatMap(([path, size, mtime, scanned], index): [string, IndexRow][] => {
      const summary = summaries[index];
      return summary ? [[path, { size, mtime, scanned, summary }]] : [];
    });
    return { rows: new Map(entries), save: (changed, gone) => save(db, path, changed, gone), close: () => db.close() };
  } catch (error) {
    db.close();
    throw error;
  }
}

function reset(db: Db): void {
  // A rollback journal, not WAL: no side files stay behind, and network file systems can do it.
  db.run("PRAGMA journal_mode = DELETE");
  db.transaction(() => {
    db.run("DROP TABLE IF EXISTS threads");
    db.run(
      "CREATE TABLE threads (path TEXT PRIMARY KEY, size INTEGER, mtime REAL, scanned INTEGER, summary TEXT) WITHOUT ROWID",
    );
    db.run(`PRAGMA user_version = ${VERSION}`);
  }).immediate();
}

function save(db: Db, path: string, changed: Map<string, IndexRow>, gone: string[]): void {
  if (changed.size === 0 && gone.length === 0) return;
  try {
    const put = db.query("INSERT OR REPLACE INTO threads VALUES (?, ?, ?, ?, ?)");
    const drop = db.query("DELETE FROM threads WHERE path = ?");
    db.transaction(() => {
      for (const [key, row] of changed) put.run(key, row.size, row.mtime, row.scanned, JSON.stringify(row.summary));
      for (const key of gone) drop.run(key);
    }).immediate();
  } catch (error) {
    if (isDamage(error)) remove(path);
  }
}

/** Anything but a lock, a full disk and a place that cannot be written means that the file itself is of no use. */
function isDamage(error: unknown): boolean {
  const { code = "" } = error as { code?: string };
  return !/^(SQLITE_(BUSY|LOCKED|FULL|READONLY|CANTOPEN|IOERR|PERM|AUTH)|EACCES|EROFS|ENOSPC|EPERM|ENOTDIR)/.test(code);
}

function remove(path: string): void {
  for (const file of [path, `${path}-journal`, `${path}-wal`, `${path}-shm`])
    rmSync(file, { force: true, recursive: true });
}
