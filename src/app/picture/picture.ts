import type { Picture, SafeText } from "../../term/index.ts";
import type { AppState, Pager } from "../state/state.ts";
import type { Drawer } from "./drawer.ts";
import { liveLines } from "./live.ts";
import { panelOf } from "./panel.ts";

/** What the screen shows of a state. */
export function pictureOf(state: AppState, drawer: Drawer): Picture {
  const { conversation, look } = state;
  const { log } = conversation;
  const panel = panelOf(state, drawer.views);
  return {
    thread: conversation.number,
    history: {
      first: log.first,
      end: log.end,
      lines: (index) => drawer.lines(log, index, look),
      rows: (index) => drawer.rows(log, index, look),
    },
    live: liveLines(state, drawer.views),
    panel: panel.lines,
    caret: panel.caret,
    bottom: state.anchor,
    cover: state.pager === null ? null : cover(state, state.pager, drawer),
    title: titleOf(state),
    progress: progressOf(state),
  };
}

function cover(state: AppState, pager: Pager, drawer: Drawer): readonly SafeText[] {
  const waits = state.questions.length > 0 ? " · a question waits (Esc)" : "";
  const { lines } = drawer.pagerText(state);
  const facts = {
    title: `${pager.title}${waits}`,
    lines,
    top: pager.top,
    search: pager.search?.text ?? null,
    found: drawer.found(state),
  };
  return drawer.views.pager(facts, state.look);
}

/** Where moat works, and whether it waits for the person or works. */
function titleOf({ conversation, questions }: AppState): string {
  const name = conversation.context.cwd.split("/").at(-1) || "/";
  const state = questions.length > 0 ? "? " : conversation.turn === null ? "" : "… ";
  return `${state}moat · ${name}`;
}

function progressOf({ conversation, questions }: AppState): Picture["progress"] {
  if (conversation.turn !== null) return questions.length > 0 ? "none" : "busy";
  const { failure } = conversation.transcript;
  return failure !== null && failure.kind !== "interrupted" ? "failed" : "none";
}
