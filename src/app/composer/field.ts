import type { Buffer } from "./buffer.ts";
import { EMPTY_COMPOSER, typed } from "./composer.ts";
import { EDITS } from "./edits.ts";

/** A key in a field of one line: text is typed, the motions and deletions of the composer work. null: the key is none of those. */
export function fieldEdited(field: Buffer, action: string | undefined, text: string | null): Buffer | null {
  const composer = { ...EMPTY_COMPOSER, ...field };
  const edit =
    action === undefined || !Object.hasOwn(EDITS, action) || action === "newline" ? undefined : EDITS[action];
  const next = edit ? edit(composer) : text === null ? null : typed(composer, text);
  return next === null ? null : { text: next.text, caret: next.caret };
}

/** A paste into a field: one line of it. */
export function fieldPasted(field: Buffer, text: string): Buffer {
  const { text: next, caret } = typed({ ...EMPTY_COMPOSER, ...field }, text.replace(/\s*\n\s*/g, " ").trim());
  return { text: next, caret };
}
