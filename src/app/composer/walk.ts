import { type Buffer, bufferOf } from "./buffer.ts";
import type { Composer } from "./composer.ts";
import { lineMoved } from "./edits.ts";
import { isFirstLine, isLastLine } from "./motions.ts";

/** Up and Down: a line, and beyond the first and the last one through earlier prompts (the latest first) and back to what was being written. */
export function walked(composer: Composer, step: -1 | 1, prompts: readonly string[]): Composer {
  const { text, caret, walk } = composer;
  const inside = step === -1 ? !isFirstLine(text, caret) : !isLastLine(text, caret);
  if (inside) return lineMoved(composer, step);
  const index = (walk?.index ?? -1) - step;
  if (index < -1 || index >= prompts.length || (walk === null && step === 1)) return composer;
  const draft = walk?.draft ?? { text, caret };
  if (index === -1) return shown(composer, draft, null);
  return shown(composer, bufferOf(prompts[index] ?? ""), { index, draft });
}

/** Text of the list is shown, not edited: it is no step to take back. */
function shown(composer: Composer, buffer: Buffer, walk: Composer["walk"]): Composer {
  return { ...composer, ...buffer, walk, last: null, yanked: null, column: null };
}
