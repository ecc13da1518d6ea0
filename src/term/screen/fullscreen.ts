import type { Mode } from "../modes.ts";
import type { Output } from "../output.ts";
import type { SafeText } from "../safe-text.ts";
import { Grid } from "./grid.ts";
import { Hold } from "./hold.ts";
import type { Picture, Screen, Size } from "./picture.ts";
import { CURSOR_SHOWN, panelPart } from "./row.ts";
import type { Surface } from "./surface.ts";
import { rowsInWindow } from "./viewport.ts";

const MODES: readonly Mode[] = ["raw", "alternate", "paste", "focus", "kitty-keys", "xterm-keys"];

/** The whole window on the alternate screen, with its own scrolling. */
export function fullscreen(surface: Surface): Screen {
  return new Fullscreen(surface);
}

class Fullscreen implements Screen {
  readonly kind = "fullscreen";
  readonly #output: Output;
  readonly #mouse: () => boolean;
  readonly #hold: Hold;
  readonly #grid = new Grid();
  #page = { rows: 0, end: true };

  constructor(surface: Surface) {
    this.#output = surface.output;
    this.#mouse = surface.mouse ?? (() => false);
    this.#hold = new Hold(surface, (picture) => this.#draw(picture));
  }

  open(): void {
    this.repaint();
    this.#hold.open(this.#mouse() ? [...MODES, "mouse"] : MODES, () => {
      this.repaint();
      return "";
    });
  }

  paint(picture: Picture): void {
    this.#hold.paint(picture);
  }

  resized(size: Size): void {
    this.#hold.size = size;
    this.repaint();
  }

  repaint(): void {
    this.#grid.forget();
  }

  close(farewell: readonly SafeText[]): void {
    this.#hold.close("", CURSOR_SHOWN + this.#hold.farewell(farewell));
  }

  page(): { rows: number; end: boolean } {
    return this.#page;
  }

  #draw(picture: Picture): void {
    const { columns, rows } = this.#hold.size;
    if (picture.cover !== null) {
      this.#output.send(this.#grid.frame(filled(picture.cover.slice(0, rows), rows), columns, null));
      return;
    }
    const { lines: panel, top } = panelPart(picture, rows);
    const room = rows - panel.length;
    const { shown, end } = rowsInWindow(picture, room);
    this.#page = { rows: room, end };
    const { caret } = picture;
    const at = caret === null ? null : { row: room + caret.row - top, column: caret.column };
    this.#output.send(this.#grid.frame([...filled(shown, room), ...panel.map(String)], columns, at));
  }
}

/** So many rows, empty ones behind those that there are. */
function filled(lines: readonly SafeText[], rows: number): string[] {
  return Array.from({ length: rows }, (_, row) => String(lines[row] ?? ""));
}
