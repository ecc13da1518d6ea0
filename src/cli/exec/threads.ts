import { loadStore, readThread, type StoredThread } from "../../session/index.ts";
import type { Flags, Host, Invocation } from "../contract.ts";
import { workingDirectory } from "../open-flags.ts";
import { pickThread } from "./pick-thread.ts";

/** A stored thread that is about to go on. */
export interface ReadyThread {
  path: string;
  stored: StoredThread;
}

/** Which thread goes on, and the words that are left for the prompt. `open` is called once everything else is in order. */
export type ThreadToOpen =
  | {
      ok: true;
      words: string[];
      open: () => Promise<ReadyThread>;
      /** The same, where whoever goes on with it reads it: the path of its rollout. */
      path: () => Promise<string>;
    }
  | { ok: false; message: string; exit: number };

/** The thread of `resume [ID|--last] [PROMPT]`: with `--last`, every word belongs to the prompt. */
export async function resumedThread({ args, rest, flags, host }: Invocation): Promise<ThreadToOpen> {
  const found = await find([...args, ...rest], flags, host);
  if (!found.ok) return found;
  const { path, words } = found;
  return { ok: true, words, path: async () => path, open: async () => ({ path, stored: settled(readThread(path)) }) };
}

/** The thread of `fork [ID|--last] [PROMPT]`, to be copied. With `--ephemeral` the copy is not written. */
export async function forkedThread({ args, rest, flags, host }: Invocation): Promise<ThreadToOpen> {
  const found = await find([...args, ...rest], flags, host);
  if (!found.ok) return found;
  const { path, words } = found;
  const thread_id = Bun.randomUUIDv7();
  const copied = async () => {
    const { forkThread } = await loadStore();
    const { moat_home, version: moat_version } = host;
    return forkThread(path, { moat_home, thread_id, date: new Date(), moat_version });
  };
  const open = async (): Promise<ReadyThread> => {
    if (flags.ephemeral) {
      const stored = readThread(path);
      return { path, stored: settled({ ...stored, thread_id, forked_from: stored.thread_id }) };
    }
    const copy = await copied();
    return { path: copy, stored: settled(readThread(copy)) };
  };
  return { ok: true, words, open, path: copied };
}

type Found = { ok: true; path: string; words: string[] } | { ok: false; message: string; exit: number };

async function find(words: string[], flags: Flags, host: Host): Promise<Found> {
  const last = flags.last === true;
  const [word, ...others] = words;
  const directory = workingDirectory(host, flags);
  if (!directory.ok) return directory;
  const picked = await pickThread(
    { ...host, cwd: directory.cwd },
    { word: last ? null : (word ?? null), last, all: flags.all === true },
  );
  if (!picked.ok) return picked;
  return { ok: true, path: picked.path, words: last ? words : others };
}

/** Nobody comes back to a question in a headless run: its call is answered as interrupted, like every other open one. */
export function settled(stored: StoredThread): StoredThread {
  return { ...stored, pending_approval: null, pending_input: null };
}
