import type { Mode } from "../modes.ts";
import type { SafeText } from "../safe-text.ts";
import { Around } from "./around.ts";
import { Latest } from "./latest.ts";
import type { Picture, Size } from "./picture.ts";
import { rowText } from "./row.ts";
import type { Surface } from "./surface.ts";

/** What a screen holds of the terminal from its opening to its end, the same for both. */
export class Hold {
  readonly #surface: Surface;
  readonly #around: Around;
  readonly #latest: Latest;
  #modes: readonly Mode[] = [];
  size: Size;

  /** `draw`: puts a picture on the screen. */
  constructor(surface: Surface, draw: (picture: Picture) => void) {
    const { output, modes, size, progress } = surface;
    this.#surface = surface;
    this.#around = new Around(output, modes, progress);
    this.#latest = new Latest(output, (picture) => {
      this.#around.show(picture);
      draw(picture);
    });
    this.size = size;
  }

  /** Switches the terminal to these modes. `onLeave`: what else is written when it is given back by anybody. */
  open(modes: readonly Mode[], onLeave: () => string): void {
    this.#modes = modes;
    for (const mode of modes) this.#surface.modes.on(mode);
    this.#latest.begin();
    this.#surface.modes.onLeave = onLeave;
  }

  paint(picture: Picture): void {
    this.#latest.paint(picture);
  }

  /** Gives the terminal back. `before`: written while it is still ours; `after`: once it is the person's again. */
  close(before: string, after: string): void {
    const { output, modes } = this.#surface;
    this.#latest.end();
    modes.onLeave = null;
    output.send(before);
    this.#around.close();
    for (const mode of [...this.#modes].reverse()) if (mode !== "raw") modes.off(mode);
    output.flush(after);
    modes.off("raw");
  }

  /** Lines that stay on the main screen. */
  farewell(lines: readonly SafeText[]): string {
    return lines.map((line) => `${rowText(String(line), this.size.columns)}\r\n`).join("");
  }
}
