import { dirname } from "node:path";
import { FAILED } from "../../base/index.ts";
import type { StoredCheckpoints } from "../../checkpoint/index.ts";
import type { EventBody, HistoryItem, RestoredFiles } from "../../protocol/index.ts";
import { LockedError, loadStore, RolloutError, RolloutWriter, readRollout, readThread } from "../../session/index.ts";
import type { Flags, Host } from "../contract.ts";
import { pickThread } from "../exec/pick-thread.ts";
import { flagValue } from "../threads/text.ts";

/** The thread whose checkpoints a command works on. */
export interface ThreadOfUndo {
  ok: true;
  /** Of its rollout. */
  path: string;
  stored: StoredCheckpoints;
}

/** The thread that `--thread` names, else the one that was used last in this directory, or in the nearest one above that has any. */
export async function threadOfUndo(
  host: Host,
  flags: Flags,
): Promise<ThreadOfUndo | { ok: false; message: string; exit: number }> {
  const word = flagValue(flags.thread);
  const cwd = word === null ? await nearestWithThread(host) : host.cwd;
  if (cwd === null) return { ok: false, message: noThread(host.cwd), exit: FAILED };
  if (cwd !== host.cwd) host.stderr(`the last thread of ${cwd}\n`);
  const picked = await pickThread({ ...host, cwd }, { word, last: true, all: false });
  if (!picked.ok) return picked;
  const { thread_id } = readThread(picked.path);
  const { moat_home: moatHome, date: now } = host;
  return { ok: true, path: picked.path, stored: { threadId: thread_id, moatHome, now } };
}

const noThread = (cwd: string) =>
  `no thread was started in ${cwd} or above it: -C DIR names the directory of one, --thread ID the thread (\`moat threads list\`)`;

async function nearestWithThread({ moat_home, cwd }: Host): Promise<string | null> {
  const used = new Set((await (await loadStore()).listThreads(moat_home)).map((thread) => thread.cwd));
  for (let at = cwd; ; at = dirname(at)) {
    if (used.has(at)) return at;
    if (at === dirname(at)) return null;
  }
}

/** Why nothing at all is kept of a thread, as far as its file tells: a patch is recorded wherever undo is on. */
export function whyNothing(path: string): string {
  const items = readRollout(path).lines.flatMap((line) => (line.type === "item.completed" ? [line.item] : []));
  if (items.some(({ type }) => type === "file_change")) return `${OFF}: nothing that its turns changed was kept`;
  const ran = items.some((item) => item.type === "command_execution" && item.sandbox?.captured === undefined);
  return ran
    ? "nothing is kept of this thread: its commands changed nothing, or undo was off for it (`--undo off`, `undo` in config.toml)"
    : "no turn of this thread changed anything";
}

const OFF = "undo was off for this thread (`--undo off`, `undo` in config.toml)";

/** The file of a thread that nobody else writes meanwhile, to say in it what was done to its files. */
export interface HeldThread {
  tell(restored: RestoredFiles, note: HistoryItem): void;
  close(): void;
}

/** Takes the thread, so that no other process goes on with it while its files change; says who has it. */
export function holdThread(
  path: string,
  date: () => Date,
): ({ ok: true } & HeldThread) | { ok: false; message: string; exit: number } {
  const writer = new RolloutWriter(path, date);
  try {
    writer.open();
  } catch (error) {
    if (error instanceof LockedError) return { ok: false, message: `${error.message}; say /undo there`, exit: FAILED };
    if (error instanceof RolloutError) return { ok: false, message: error.message, exit: FAILED };
    throw error;
  }
  return {
    ok: true,
    tell(restored, note) {
      let { next_seq: seq } = readThread(path);
      const told: EventBody[] = [
        { type: "files.restored", ...restored },
        { type: "history.added", item: note },
      ];
      for (const body of told) writer.append({ seq: seq++, ...body });
    },
    close: () => writer.close(),
  };
}
