import { type SafeText, safe } from "../../term/index.ts";
import type { AppState } from "../state/state.ts";
import type { Drawer } from "./drawer.ts";

/** What stays on the screen when the app has left it: the end of the conversation, and how to go on with it. Nothing when nothing was said. */
export function farewellOf({ conversation, look }: AppState, drawer: Drawer): readonly SafeText[] {
  const { log, thread_id } = conversation;
  if (log.length === 0) return [];
  const lines: (readonly SafeText[])[] = [];
  // As much as a window shows, the line below it included.
  let room = look.rows - 3;
  for (let index = log.length - 1; index >= 0 && room > 0; index--) {
    const own = drawer.lines(log, index, look).slice(-room);
    lines.unshift(own);
    room -= own.length;
  }
  return [...lines.flat(), safe``, look.theme.dim(`moat resume ${thread_id}`)];
}
