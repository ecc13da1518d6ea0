import type { Output } from "../output.ts";
import type { Picture } from "./picture.ts";

/** Hands pictures to whoever draws them, unless the terminal has not taken the last one: then the latest, as soon as it has. */
export class Latest {
  readonly #output: Output;
  readonly #draw: (picture: Picture) => void;
  #waiting: Picture | null = null;

  constructor(output: Output, draw: (picture: Picture) => void) {
    this.#output = output;
    this.#draw = draw;
  }

  begin(): void {
    this.#output.onDrained = () => {
      const picture = this.#waiting;
      this.#waiting = null;
      if (picture !== null) this.paint(picture);
    };
  }

  paint(picture: Picture): void {
    if (this.#output.drained) this.#draw(picture);
    else this.#waiting = picture;
  }

  /** What was not painted is not painted any more. */
  end(): void {
    this.#output.onDrained = null;
    this.#waiting = null;
  }
}
