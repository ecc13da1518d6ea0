import type { SafeText } from "../safe-text.ts";

/**
 * What has happened, as blocks of lines: one a thing that was said or done. A block never changes and keeps its number; more come
 * behind the last one, and before the first one, too, while what happened earlier is still being read.
 */
export interface Blocks {
  /** Number of the first block that is known, and of the one behind the last. */
  first: number;
  end: number;
  /** The lines of a block, no line wider than the screen. Called for what is to be seen only: whoever gives it remembers it. */
  lines(index: number): readonly SafeText[];
  /** How many lines a block has: also asked for of blocks that are not to be seen, where it may be known without them. */
  rows(index: number): number;
}

/** A row of the conversation: of which block, counted from 0. The block behind the last one is what is live. */
export interface RowPlace {
  block: number;
  row: number;
}

/** What the screen shall show now. No line is wider than the screen has columns. */
export interface Picture {
  /** Which conversation it is: another number is another one, whose blocks begin anew. */
  thread: number;
  /** What is finished. Inline it is printed once and never touched again. */
  history: Blocks;
  /** What still changes of the conversation, below it. Inline the screen cuts its beginning so that all fits. */
  live: readonly SafeText[];
  /** What stands at the bottom: what waits, a card or the composer, the status line. Never cut while anything else can be. */
  panel: readonly SafeText[];
  /** Where the caret stands in `panel`, from 0; null: it is hidden. */
  caret: { row: number; column: number } | null;
  /**
   * Fullscreen: the last row of the conversation that is shown; null: its end, whatever comes. Where too little lies above it to
   * fill the window, more is shown below it. Inline: has no effect.
   */
  bottom: RowPlace | null;
  /**
   * A pager in the place of conversation and panel (fullscreen: the whole window; inline: the alternate screen while it is there);
   * null: none. It has as many lines as the window has rows.
   */
  cover: readonly SafeText[] | null;
  /** Title of the window. */
  title: string;
  /** Progress that the terminal shows (OSC 9;4). */
  progress: "none" | "busy" | "failed";
}

/** Where pictures are painted. Everything that it switches on it switches off again. */
export interface Screen {
  readonly kind: "inline" | "fullscreen";
  /** Takes the terminal: modes on. Also again after it was closed; what was printed is not printed again. */
  open(): void;
  /** Shows a picture now. Skips frames while the terminal does not take what it got (paints the latest once it does). */
  paint(picture: Picture): void;
  /** The window has another size; the next picture is made for it. */
  resized(size: Size): void;
  /** Nothing of what is on the screen is taken for granted: the next picture is painted whole. */
  repaint(): void;
  /**
   * Gives the terminal back, modes off. Fullscreen prints `farewell` on the main screen; inline leaves what it printed, and
   * prints it in the place of its live region.
   */
  close(farewell: readonly SafeText[]): void;
  /** Of what was painted last: rows of the conversation that the window has, and whether its end is shown; for paging and for a sign that there is more. */
  page(): { rows: number; end: boolean };
}

/** Of a window, in cells. */
export interface Size {
  columns: number;
  rows: number;
}
