import type { AppOptions, AppThread, AppTools, StartResult } from "../../app/index.ts";
import { loadStore } from "../../session/index.ts";
import type { TalkConversation } from "./conversation.ts";

/** How the app comes to other threads. */
export function threadOpener(
  { host, start }: TalkConversation,
  { fork }: AppTools,
): Pick<AppOptions, "open" | "openSide"> {
  const copy = async (thread: AppThread["thread"], before: number | null) => {
    const { transcript_path } = thread.parts.services;
    if (transcript_path === null)
      return { ok: false, message: "this thread is not kept, so that there is no copy of it" } as const;
    return fork ? fork(transcript_path, before) : ({ ok: false, message: "there are no copies here" } as const);
  };
  return {
    async open(target, thread): Promise<StartResult> {
      if (target.to === "new") return start(null);
      if (target.to === "stored") return start(target.id);
      const made = await copy(thread, target.before);
      return made.ok ? start(made.thread_id) : made;
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
