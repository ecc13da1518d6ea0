import type { Composer } from "../composer.ts";
import type { Vim } from "./state.ts";

export function vimKey(_composer: Composer, _vim: Vim, _name: string, _text: string | null): Composer | null {
  return null;
}
