import type { Theme } from "../term/index.ts";
import type { Views } from "../view/index.ts";

/** What the app is made with. Handed in, so that the state needs no screen and no file. */
export interface Kit {
  views: Views;
  /** Names of the themes that there are. */
  themes: readonly string[];
  /** A theme; null: the one for this background. `dark` null: the terminal has not said. */
  theme(name: string | null, dark: boolean | null): Theme;
}

/** An answer that comes in pieces: the blocks that the last step finished, and what comes after all finished ones. */
export type AnswerSplit = Views["emptySplit"];
