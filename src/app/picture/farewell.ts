import { type SafeText, safe } from "../../term/index.ts";
import type { AppState } from "../state/state.ts";
import type { Drawer } from "./drawer.ts";

/** Rows that stay free for the shell's prompt and the way back. */
const FREE = 4;

/** The end of the conversation, as much as one window shows, and how to go on with it; nothing where nothing was said. */
export function farewellOf(state: AppState, drawer: Drawer): readonly SafeText[] {
  const { conversation, look, screen } = state;
  const { log, past, thread_id, transcript } = conversation;
  const isNew = past === null || past.length === 0;
  if (isNew && ![...transcript.entries].some(({ type }) => type === "user")) return [];
  const way = look.theme.dim(safe`moat resume ${thread_id}`);
  // Inline it is there already.
  if (screen === "inline") return [way];
  const lines: SafeText[] = [];
  for (let index = log.end - 1; index >= log.first && lines.length < look.rows - FREE; index--)
    lines.unshift(...drawer.lines(log, index, look));
  return [...lines.slice(-Math.max(1, look.rows - FREE)), way];
}
