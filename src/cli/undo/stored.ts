import { FAILED } from "../../base/index.ts";
import type { StoredCheckpoints } from "../../checkpoint/index.ts";
import type { EventBody, HistoryItem, RestoredFiles } from "../../protocol/index.ts";
import { LockedError, RolloutError, RolloutWriter, readThread } from "../../session/index.ts";
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

/** The thread that `--thread` names, else the one that was used last in this directory. */
export async function threadOfUndo(
  host: Host,
  flags: Flags,
): Promise<ThreadOfUndo | { ok: false; message: string; exit: number }> {
  const picked = await pickThread(host, { word: flagValue(flags.thread), last: true, all: false });
  if (!picked.ok) return picked;
  const { thread_id } = readThread(picked.path);
  const { moat_home: moatHome, date: now } = host;
  return { ok: true, path: picked.path, stored: { threadId: thread_id, moatHome, now } };
}

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
