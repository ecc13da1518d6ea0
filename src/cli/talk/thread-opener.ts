import { type AppOptions, type AppThread, blankStart, type Opening } from "../../app/index.ts";
import { fromHome } from "../../base/index.ts";
import { loadStore, StoredPast, threadIdOf } from "../../session/index.ts";
import { appTools } from "./app-tools.ts";
import type { TalkConversation } from "./conversation.ts";

/** A thread that is being opened, as the app shows it meanwhile. */
export function openingOf(
  { host, cwd }: Pick<TalkConversation, "host" | "cwd">,
  { path, ...thread }: Pick<Opening, "ready" | "cancel"> & { path: string | null },
): Opening {
  return {
    ...thread,
    thread_id: path === null ? null : threadIdOf(path),
    cwd,
    start: blankStart(host.version, fromHome(cwd, host.home)),
    past: path === null ? null : new StoredPast(path),
  };
}

/** How the app comes to other threads. */
export function threadOpener(conversation: TalkConversation): Pick<AppOptions, "open" | "openSide"> {
  const { host, flags, cwd, start, stored } = conversation;
  const copy = async (thread: AppThread["thread"], back: number | null) => {
    const { transcript_path } = thread.parts.services;
    if (transcript_path === null)
      return { ok: false, message: "this thread is not kept, so that there is no copy of it" } as const;
    const { fork } = appTools(host, flags, cwd);
    return fork ? fork(transcript_path, back) : ({ ok: false, message: "there are no copies here" } as const);
  };
  return {
    async open(target, thread) {
      const isNew = { path: null, cancel() {} };
      if (target.to === "new") return { ok: true, opening: openingOf(conversation, { ...isNew, ready: start(null) }) };
      const made =
        target.to === "stored" ? { ok: true as const, thread_id: target.id } : await copy(thread, target.back);
      const found = made.ok ? await stored(made.thread_id) : made;
      return found.ok ? { ok: true, opening: openingOf(conversation, found) } : found;
    },
    async openSide(thread) {
      const made = await copy(thread, null);
      if (!made.ok) return made;
      const opened = await start(made.thread_id, { plan: true });
      const forget = async () => {
        const { deleteThread, findThread } = await loadStore();
        const found = await findThread(host.moat_home, made.thread_id);
        if (found.ok) deleteThread(host.moat_home, found.thread.path);
      };
      return opened.ok ? { ...opened, forget } : opened;
    },
  };
}
