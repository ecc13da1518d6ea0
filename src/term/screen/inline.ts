import type { Mode, Modes } from "../modes.ts";
import type { Output } from "../output.ts";
import type { SafeText } from "../safe-text.ts";
import { Around } from "./around.ts";
import { Grid } from "./grid.ts";
import { Latest } from "./latest.ts";
import type { Blocks, Picture, Screen, Size } from "./picture.ts";
import { Region } from "./region.ts";
import { CURSOR_SHOWN, panelPart, rowText } from "./row.ts";
import type { Surface } from "./surface.ts";

/** Windows full of a conversation that is opened which are printed: what a person scrolls back to see where they were. */
const WINDOWS = 3;

const MODES: readonly Mode[] = ["raw", "paste", "focus", "kitty-keys", "xterm-keys"];

/**
 * The main screen: what is finished is printed into the terminal's own scrollback once, below it a region is painted anew.
 * `earlier` says that not all of a conversation that is opened is printed.
 */
export function inlineScreen(surface: Surface & { earlier: SafeText }): Screen {
  return new Inline(surface);
}

class Inline implements Screen {
  readonly kind = "inline";
  readonly #output: Output;
  readonly #modes: Modes;
  readonly #latest: Latest;
  readonly #around: Around;
  readonly #earlier: SafeText;
  readonly #region = new Region();
  readonly #cover = new Grid();
  #size: Size;
  #thread: number | null = null;
  /** Blocks of the thread that were printed, or passed over. */
  #printed = 0;

  constructor({ output, modes, size, progress, earlier }: Surface & { earlier: SafeText }) {
    this.#output = output;
    this.#modes = modes;
    this.#size = size;
    this.#earlier = earlier;
    this.#around = new Around(output, modes, progress);
    this.#latest = new Latest(output, (picture) => this.#draw(picture));
  }

  open(): void {
    for (const mode of MODES) this.#modes.on(mode);
    this.#latest.begin();
    this.#modes.onLeave = () => this.#leave();
  }

  paint(picture: Picture): void {
    this.#latest.paint(picture);
  }

  resized(size: Size): void {
    this.#size = size;
    this.repaint();
  }

  repaint(): void {
    this.#cover.forget();
    this.#region.forget();
  }

  close(farewell: readonly SafeText[]): void {
    this.#latest.end();
    this.#modes.onLeave = null;
    this.#modes.off("cover");
    const last = farewell.map((line) => `${rowText(String(line), this.#size.columns)}\r\n`).join("");
    this.#output.send(this.#leave() + last);
    this.#around.close();
    for (const mode of [...MODES].reverse()) if (mode !== "raw") this.#modes.off(mode);
    this.#output.flush();
    this.#modes.off("raw");
  }

  /** The region is gone; what comes next begins where it began, or where whoever has the terminal meanwhile leaves the cursor. */
  #leave(): string {
    this.#cover.forget();
    return this.#region.erase(this.#size.columns) + CURSOR_SHOWN;
  }

  page(): { rows: number; end: boolean } {
    return { rows: this.#size.rows, end: true };
  }

  #draw(picture: Picture): void {
    this.#around.show(picture);
    if (picture.cover !== null) this.#drawCover(picture.cover);
    else this.#drawRegion(picture);
  }

  #drawRegion(picture: Picture): void {
    this.#modes.off("cover");
    const most = Math.max(1, this.#size.rows - 1);
    const { lines: panel, top } = panelPart(picture, most);
    const room = most - panel.length;
    const live = room > 0 ? picture.live.slice(-room) : [];
    const { caret } = picture;
    const at = caret === null ? null : { row: live.length + caret.row - top, column: caret.column };
    const rows = [...live, ...panel].map(String);
    this.#output.send(this.#region.frame(this.#news(picture).map(String), rows, this.#size.columns, at));
  }

  #drawCover(cover: readonly SafeText[]): void {
    if (!this.#modes.has("cover")) this.#cover.forget();
    this.#modes.on("cover");
    const rows = Array.from({ length: this.#size.rows }, (_, row) => String(cover[row] ?? ""));
    this.#output.send(this.#cover.frame(rows, this.#size.columns, null));
  }

  /** Lines that are finished and not yet printed. */
  #news({ thread, history }: Picture): SafeText[] {
    const isOpened = thread !== this.#thread;
    const first = isOpened ? tail(history, WINDOWS * this.#size.rows) : this.#printed;
    this.#thread = thread;
    this.#printed = history.end;
    const passed = isOpened && first > history.first ? [this.#earlier] : [];
    const blocks = Array.from({ length: Math.max(0, history.end - first) }, (_, index) => history.lines(first + index));
    return [...passed, ...blocks.flat()];
  }
}

/** The first of the last blocks that have so many lines together. */
function tail(history: Blocks, lines: number): number {
  let first = history.end;
  for (let count = 0; first > history.first && count < lines; first--) count += history.lines(first - 1).length;
  return first;
}
