import { KeyReader, PASTE } from "../../term/index.ts";

/** What was typed while a question was on the screen, for the line. */
export interface TypedAhead {
  /** Up to the last Enter, as the terminal sent it: whole lines, which are obeyed at once. */
  lines: string;
  /** The beginning of the next line, as the terminal sent it. */
  keys: string;
  /** The same as one line of text; null when it has several. */
  text: string | null;
}

export const NO_DRAFT: TypedAhead = { lines: "", keys: "", text: "" };

const ENTER: readonly string[] = ["\r", "\n"];
const BACKSPACE: readonly string[] = ["\x7f", "\b"];

/** Takes apart what a dialog did not want. Line ends inside a paste are text. Pure. */
export function draftOf(typed: string): TypedAhead {
  const keys = new KeyReader().read(typed).map((key) => ({
    ...key,
    raw: key.type === "paste" ? `${PASTE.begin}${key.text}${PASTE.end}` : key.text,
  }));
  const end = keys.findLastIndex(({ type, text }) => type === "control" && ENTER.includes(text)) + 1;
  const begun = keys.slice(end);
  const characters: string[] = [];
  for (const { type, text } of begun) {
    if (type !== "control") characters.push(...text);
    else if (BACKSPACE.includes(text)) characters.pop();
  }
  const text = characters.join("");
  const raw = (some: typeof keys) => some.map((key) => key.raw).join("");
  return { lines: raw(keys.slice(0, end)), keys: raw(begun), text: /[\r\n]/.test(text) ? null : text };
}
