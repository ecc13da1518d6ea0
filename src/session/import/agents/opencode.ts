import { join } from "node:path";
import type { FoundSession, ImportRecord, ImportTask, SourceAgent, SourceThread } from "../contract.ts";
import { fileTime, headTitle, sessionsBelow } from "../find.ts";
import { foreignStart, stringOf } from "../foreign.ts";
import type { ForeignFile } from "../foreign-file.ts";
import { threadIdFor } from "../tree-thread.ts";
import { OpencodeReader } from "./opencode-lines.ts";
import { type OpencodeSession, type OpencodeStore, openDatabase, openFiles, storageOf } from "./opencode-store.ts";

const DATABASE = /(?:^|\/)opencode[^/]*\.db$/;
const SESSION_FILE = /(?:^|\/)ses_[^/]+\.json$/;

/** opencode (seen: 1.18.33): `XDG_DATA_HOME/opencode/opencode.db`, and files in `storage` before there was one. */
export const opencode: SourceAgent = {
  name: "opencode",
  files: { one: "a session of opencode", many: "sessions of opencode" },
  find({ env, home }, below) {
    const dir = below ?? join(env.XDG_DATA_HOME || join(home, ".local", "share"), "opencode");
    const databases = databasesIn(dir);
    if (databases.length > 0) return databases.flatMap(sessionsIn);
    return sessionsBelow(below ?? join(dir, "storage", "session"), SESSION_FILE).map((found) => {
      using store = openFiles(storageOf(found.file));
      return withHead(
        found,
        [...store.sessions()].find(({ id }) => found.file.endsWith(`/${id}.json`)),
      );
    });
  },
  head: ({ head }) => head ?? { cwd: null, title: "" },
  open(file, task) {
    if (SESSION_FILE.test(file.path)) {
      const key = file.path.match(/(ses_[^/]+)\.json$/)?.[1] ?? null;
      return threadsOf(() => openFiles(storageOf(file.path)), { ...task, key });
    }
    return isDatabase(file) ? threadsOf(() => openDatabase(file.path), task) : null;
  },
};

/** Every database begins so (sqlite.org/fileformat.html, 1.3). */
const isDatabase = (file: ForeignFile) => file.beginning(16) === "SQLite format 3\0";

function databasesIn(dir: string): string[] {
  return sessionsBelow(dir, DATABASE).map(({ file }) => file);
}

/** What of a database cannot be listed is offered as one: importing it says why. */
function sessionsIn(file: string): FoundSession[] {
  try {
    return listed(file);
  } catch {
    return [{ file, key: null, updated: fileTime(file) ?? 0 }];
  }
}

function listed(file: string): FoundSession[] {
  using store = openDatabase(file);
  const changed = fileTime(file) ?? 0;
  return [...store.sessions()].map((session) =>
    withHead({ file, key: session.id, updated: session.updated || changed }, session),
  );
}

function withHead(found: FoundSession, session: OpencodeSession | undefined): FoundSession {
  return session ? { ...found, head: { cwd: session.directory, title: headTitle(session.title) } } : found;
}

function* threadsOf(open: () => OpencodeStore, { key, cwd: fallback, losses }: ImportTask): Generator<SourceThread> {
  using store = open();
  for (const session of [...store.sessions()].filter(({ id }) => key === null || id === key)) {
    const cwd = session.directory ?? fallback;
    const started = foreignStart(session.created);
    const reader = new OpencodeReader(started, cwd, losses);
    const { parent_id } = session;
    const forked_from = parent_id === null ? null : threadIdFor("opencode", parent_id);
    const records = recordsOf(store, session, reader);
    yield { thread_id: threadIdFor("opencode", session.id), started, cwd, forked_from, records };
  }
}

function* recordsOf(store: OpencodeStore, session: OpencodeSession, reader: OpencodeReader): Generator<ImportRecord> {
  for (const message of store.messages(session.id)) {
    reader.take(message, store.parts(stringOf(message.id) ?? ""));
    yield* reader.teller.told();
  }
  reader.takeBack(session.revert);
  yield* reader.teller.ended();
}
