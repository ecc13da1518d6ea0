import { PASTE_MARKS } from "./keys.ts";

/**
 * Lets the terminal mark what is pasted, until what is returned is called or the process ends, however it ends: a shell does not expect
 * the marks.
 * @param control writes to the terminal, at once
 * @param also what else is to be written then
 */
export function markPastes(control: (sequence: string) => void, also = ""): () => void {
  const off = () => control(PASTE_MARKS.off + also);
  control(PASTE_MARKS.on);
  process.once("exit", off);
  return () => {
    process.off("exit", off);
    off();
  };
}
