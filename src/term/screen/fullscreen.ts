import type { Mode, Modes } from "../modes.ts";
import type { Output } from "../output.ts";
import type { SafeText } from "../safe-text.ts";
import { Around } from "./around.ts";
import { Grid } from "./grid.ts";
import { Latest } from "./latest.ts";
import type { Picture, Screen, Size } from "./picture.ts";
import { CURSOR_SHOWN, panelPart, rowText } from "./row.ts";
import type { Surface } from "./surface.ts";
import { rowsInWindow } from "./viewport.ts";

const MODES: readonly Mode[] = ["raw", "alternate", "paste", "focus", "kitty-keys", "xterm-keys"];

/** The whole window on the alternate screen, with its own scrolling. The mouse is the caller's (`modes.on("mouse")`): a person may want it for selecting. */
export function fullscreen(surface: Surface): Screen {
  return new Fullscreen(surface);
}

class Fullscreen implements Screen {
  readonly kind = "fullscreen";
  readonly #output: Output;
  readonly #modes: Modes;
  readonly #latest: Latest;
  readonly #around: Around;
  readonly #grid = new Grid();
  #size: Size;
  #page = { rows: 0, end: true };

  constructor({ output, modes, size, progress }: Surface) {
    this.#output = output;
    this.#modes = modes;
    this.#size = size;
    this.#around = new Around(output, modes, progress);
    this.#latest = new Latest(output, (picture) => this.#draw(picture));
  }

  open(): void {
    for (const mode of MODES) this.#modes.on(mode);
    this.repaint();
    this.#latest.begin();
    this.#modes.onLeave = () => {
      this.repaint();
      return "";
    };
  }

  paint(picture: Picture): void {
    this.#latest.paint(picture);
  }

  resized(size: Size): void {
    this.#size = size;
    this.repaint();
  }

  repaint(): void {
    this.#grid.forget();
  }

  close(farewell: readonly SafeText[]): void {
    this.#latest.end();
    this.#modes.onLeave = null;
    this.#around.close();
    for (const mode of [...MODES].reverse()) if (mode !== "raw") this.#modes.off(mode);
    this.#output.flush(
      CURSOR_SHOWN + farewell.map((line) => `${rowText(String(line), this.#size.columns)}\r\n`).join(""),
    );
    this.#modes.off("raw");
  }

  page(): { rows: number; end: boolean } {
    return this.#page;
  }

  #draw(picture: Picture): void {
    this.#around.show(picture);
    const { columns, rows } = this.#size;
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
