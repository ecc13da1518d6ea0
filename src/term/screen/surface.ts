import type { Modes } from "../modes.ts";
import type { Output } from "../output.ts";
import type { Size } from "./picture.ts";

/** What a screen is painted on. `progress`: the terminal knows OSC 9;4 (`knowsProgress`). */
export interface Surface {
  output: Output;
  modes: Modes;
  size: Size;
  progress: boolean;
  /** A screen that scrolls by itself is told of the wheel; absent: the terminal keeps the mouse, as where a person wants to select. */
  mouse?: () => boolean;
}
