import type { Modes } from "../modes.ts";
import type { Output } from "../output.ts";
import { progressText, titleText } from "../tell.ts";
import type { Picture } from "./picture.ts";

/** Title and progress of a window: told when they change. */
export class Around {
  readonly #output: Output;
  readonly #modes: Modes;
  readonly #hasProgress: boolean;
  #title = "";
  #progress: Picture["progress"] = "none";

  constructor(output: Output, modes: Modes, hasProgress: boolean) {
    this.#output = output;
    this.#modes = modes;
    this.#hasProgress = hasProgress;
  }

  show({ title, progress }: Picture): void {
    if (title !== this.#title) {
      this.#modes.on("title");
      this.#output.send(titleText(title));
      this.#title = title;
    }
    if (!this.#hasProgress || progress === this.#progress) return;
    this.#modes.on("progress");
    this.#output.send(progressText(progress));
    this.#progress = progress;
  }

  close(): void {
    this.#modes.off("progress");
    this.#modes.off("title");
    [this.#title, this.#progress] = ["", "none"];
  }
}
