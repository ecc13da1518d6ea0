import type { SafeText } from "../../term/index.ts";
import type { Look, Views } from "../../view/index.ts";
import type { Kit } from "../kit.ts";
import type { BlockLog } from "../past/block-log.ts";
import type { AppState } from "../state/state.ts";
import { liveLines } from "./live.ts";
import { LineMemo } from "./memo.ts";
import { type PagerText, pagerTextOf } from "./pager-text.ts";
import { panelOf, questionCard } from "./panel.ts";

/** Draws for the picture and measures for whoever scrolls. What it gives depends on the state alone; what it remembers saves time. */
export class Drawer {
  readonly kit: Kit;
  readonly #memo: LineMemo;
  #text: { of: object; log: BlockLog; look: Look; text: PagerText } | null = null;

  constructor(kit: Kit) {
    this.kit = kit;
    this.#memo = new LineMemo(kit.views);
  }

  get views(): Views {
    return this.kit.views;
  }

  lines(log: BlockLog, index: number, look: Look): readonly SafeText[] {
    return this.#memo.lines(log, index, look);
  }

  rows(log: BlockLog, index: number, look: Look): number {
    return this.#memo.rows(log, index, look);
  }

  liveRows(state: AppState): number {
    return liveLines(state, this.views).length;
  }

  /** The state with the theme that its name and background call for. */
  themed(state: AppState): AppState {
    return { ...state, look: { ...state.look, theme: this.kit.theme(state.theme, state.dark) } };
  }

  /** Rows that one page scrolls: one less than are seen, so that a line stays in sight. */
  page(state: AppState): number {
    return Math.max(1, state.look.rows - panelOf(state, this.views).lines.length - 1);
  }

  /** Rows of the question that are hidden below what is shown of it. */
  questionBelow(state: AppState): number {
    return questionCard(state, this.views).below;
  }

  /** Rows that the question may be scrolled by so that every one of them is seen. */
  questionPage(state: AppState): number {
    return questionCard(state, this.views).page;
  }

  pagerPage({ look }: AppState): number {
    return this.views.pagerRows(look);
  }

  pagerText(state: AppState): PagerText {
    const { pager, look, conversation } = state;
    if (pager === null) return { lines: [], chosen: null };
    const { log } = conversation;
    const known = this.#text;
    if (known && known.of === pager.of && known.log === log && known.look === look) return known.text;
    const text = pagerTextOf(state, pager.of, this.views, this.#memo);
    this.#text = { of: pager.of, log, look, text };
    return text;
  }

  /** The pager at this line, as far as there are lines. */
  pagerAt(state: AppState, top: number): AppState {
    const { pager } = state;
    if (pager === null) return state;
    const last = Math.max(0, this.pagerText(state).lines.length - this.pagerPage(state));
    const next = Math.min(Math.max(0, top), last);
    return next === pager.top ? state : { ...state, pager: { ...pager, top: next } };
  }

  /** Lines of the pager that hold what is searched for. */
  found(state: AppState): number[] {
    const search = state.pager?.search?.text.toLowerCase() ?? "";
    if (search === "") return [];
    return this.pagerText(state).lines.flatMap((line, index) => (plain(line).includes(search) ? [index] : []));
  }
}

/** The words of a line, without the marks of its styles. */
const plain = (line: SafeText) =>
  String(line)
    .replace(/\x1b(?:\[[0-9;]*m|\]8;[^\x1b]*\x1b\\)/g, "")
    .toLowerCase();
