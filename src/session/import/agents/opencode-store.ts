import { Database } from "bun:sqlite";
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { openRegular, readPiece, readRegular } from "../../../base/index.ts";
import { sessionsBelow } from "../find.ts";
import { countOf, type Foreign, parseObject, stringOf } from "../foreign.ts";

/** A session of opencode, without what was said in it. */
export interface OpencodeSession {
  id: string;
  directory: string | null;
  title: string;
  parent_id: string | null;
  /** `{messageID}` of what was taken back, as JSON. */
  revert: Foreign | null;
  /** ms since 1970. */
  created: number;
  updated: number;
}

/** Where opencode keeps its sessions, whatever version of it. Everything is in the order in which it came. */
export interface OpencodeStore extends Disposable {
  sessions(): Iterable<OpencodeSession>;
  messages(session_id: string): Iterable<Foreign>;
  parts(message_id: string): Iterable<Foreign>;
}

/** Bytes that are copied at once. */
const PIECE = 1024 ** 2;

/** Largest database that is copied: years of sessions have a few gigabytes. */
const MAX_DATABASE = 16 * 1024 ** 3;

/** Largest file of one message or part. */
const MAX_FILE = 64 * 1024 ** 2;

/**
 * A database (since 1.2). It is read from a copy: to open one that is written to, even to read it, changes the files beside it. Throws
 * when it cannot be read.
 */
export function openDatabase(path: string): OpencodeStore {
  const dir = mkdtempSync(join(tmpdir(), "moat-import-"));
  try {
    const copy = join(dir, "opencode.db");
    copyRegular(path, copy);
    if (existsSync(`${path}-wal`)) copyRegular(`${path}-wal`, `${copy}-wal`);
    const db = new Database(copy, { readwrite: true, create: false });
    // All is in the one file then, which stays open: nothing lies about when the process is killed.
    db.run("PRAGMA journal_mode = DELETE");
    return databaseStore(db);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function databaseStore(db: Database): OpencodeStore {
  const rows = (table: string, column: string) =>
    db.query<{ id: string; data: string }, [string]>(
      `SELECT id, data FROM ${table} WHERE ${column} = ? ORDER BY time_created, id`,
    );
  const [messages, parts] = [rows("message", "session_id"), rows("part", "message_id")];
  const all = db.query<Foreign, []>("SELECT * FROM session ORDER BY time_created, id");
  return {
    *sessions() {
      for (const row of all.iterate())
        yield {
          id: stringOf(row.id) ?? "",
          directory: stringOf(row.directory),
          title: stringOf(row.title) ?? "",
          parent_id: stringOf(row.parent_id),
          revert: parseObject(stringOf(row.revert) ?? ""),
          created: countOf(row.time_created),
          updated: countOf(row.time_updated),
        };
    },
    *messages(session_id) {
      for (const { id, data } of messages.all(session_id)) yield { ...parseObject(data), id };
    },
    *parts(message_id) {
      for (const { id, data } of parts.all(message_id)) yield { ...parseObject(data), id };
    },
    [Symbol.dispose]: () => db.close(),
  };
}

/** Copies a file by the rules of `readRegular`, in pieces: such a database can be large. Throws. */
function copyRegular(from: string, to: string): void {
  const opened = openRegular(from, MAX_DATABASE);
  if (!opened.ok) throw new Error(opened.why);
  const target = openSync(to, "w", 0o600);
  try {
    const piece = Buffer.allocUnsafe(PIECE);
    for (let count = readPiece(opened.fd, piece); count > 0; count = readPiece(opened.fd, piece))
      for (let at = 0; at < count; ) at += writeSync(target, piece, at, count - at);
  } finally {
    closeSync(target);
    closeSync(opened.fd);
  }
}

/** A file a session, message and part (before 1.2): `storage/session/PROJECT/ID.json`, `message/SESSION/ID.json`, `part/MESSAGE/ID.json`. */
export function openFiles(storage: string): OpencodeStore {
  const below = (...names: string[]) =>
    sessionsBelow(join(storage, ...names), /\.json$/)
      .map(({ file }) => file)
      .sort((a, b) => (basename(a) < basename(b) ? -1 : 1));
  const objects = function* (...names: string[]) {
    for (const file of below(...names)) {
      const read = readRegular(file, MAX_FILE);
      const value = read.ok ? parseObject(read.bytes.toString("utf8")) : null;
      if (value) yield value;
    }
  };
  return {
    *sessions() {
      for (const { id, directory, title, parentID, revert, time } of objects("session")) {
        const { created, updated } = { ...(time as Foreign | undefined) };
        yield {
          id: stringOf(id) ?? "",
          directory: stringOf(directory),
          title: stringOf(title) ?? "",
          parent_id: stringOf(parentID),
          revert: parseObject(JSON.stringify(revert ?? null)),
          created: countOf(created),
          updated: countOf(updated),
        };
      }
    },
    messages: (session_id) => objects("message", safeName(session_id)),
    parts: (message_id) => objects("part", safeName(message_id)),
    [Symbol.dispose]: () => {},
  };
}

/** The storage that a session's file lies in. */
export const storageOf = (file: string): string => dirname(dirname(dirname(file)));

/** An id as the name of a directory, and never as a way out of it. */
const safeName = (id: string) => (/^[A-Za-z0-9_-]+$/.test(id) ? id : "none");
