import { type Checkpoints, loadLiveCheckpoints } from "../checkpoint/index.ts";
import type { ThreadServices } from "../core/index.ts";
import { loadStore } from "../session/index.ts";

type CheckpointService = NonNullable<ThreadServices["checkpoints"]>;

/** What a thread's checkpoints are opened with. */
interface KeptThread {
  thread_id: string;
  /** Absolute. */
  cwd: string;
  /** More directories that the user opened; absolute. */
  writable_roots: readonly string[];
  moat_home: string;
  date(): Date;
}

/** Undo for a thread that is kept. Nothing is opened before the first call that may change something. */
export function checkpointService(thread: KeptThread): CheckpointService {
  const { thread_id: threadId, moat_home: moatHome, date: now } = thread;
  let opened: Promise<Checkpoints> | null = null;
  return {
    stored: { threadId, moatHome, now },
    open() {
      opened ??= openLive(thread);
      return opened;
    },
  };
}

async function openLive({ thread_id, moat_home, cwd, writable_roots, date }: KeptThread): Promise<Checkpoints> {
  // The sandbox is most of what a start would load: a thread that runs no command does without.
  const [{ openCheckpoints }, { realPath }] = await Promise.all([loadLiveCheckpoints(), import("../sandbox/index.ts")]);
  void keepQuota(moat_home, thread_id);
  const real = (path: string) => realPath(path) ?? path;
  return openCheckpoints({
    threadId: thread_id,
    moatHome: moat_home,
    now: date,
    root: real(cwd),
    writable: writable_roots.map(real),
    enabled: true,
  });
}

/** Beside the thread that begins: what is older makes room. It may fail, as on a disk that cannot be written: the next thread tries again. */
async function keepQuota(moat_home: string, thread_id: string): Promise<void> {
  const [{ prunePreImages }, { DEFAULT_QUOTA }] = await Promise.all([import("./checkpoint-quota.ts"), loadStore()]);
  await prunePreImages(moat_home, DEFAULT_QUOTA, [thread_id]).catch(() => {});
}

/** The same for a child thread: what its calls change belongs to the turn of its parent, and is taken back with that. */
export function forChild(service: CheckpointService, child_id: string): CheckpointService {
  const idOf = (call_id: string) => `${child_id}:${call_id}`;
  return {
    ...service,
    async open() {
      const parent = await service.open();
      return {
        enabled: parent.enabled,
        finished: [],
        begin: () => {},
        capture: (call_id, by) => parent.capture(idOf(call_id), by),
        touch: (call_id, paths) => parent.touch(idOf(call_id), paths),
        missed: (call_id, why) => parent.missed(idOf(call_id), why),
        sealed: (call_id) => parent.sealed(idOf(call_id)),
        close: async () => ({ changes: [], gaps: [], deleted_bytes: 0, created_bytes: 0 }),
        settle: async () => {},
      };
    },
  };
}
