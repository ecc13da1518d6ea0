/** Stands for a line end in the row that readline edits, which has one row only: it comes from Alt-Enter and from the history. */
export const LINE_END = "↵";

/** A prompt as it is edited. */
export const inOneRow = (text: string) => text.replaceAll("\n", LINE_END);

/** An edited row as the prompt that it is. */
export const asPrompt = (row: string) => row.replaceAll(LINE_END, "\n");

/** The latest row of the history that has these letters, behind those that were shown already; null: there is no other. Pure. */
export function recalledLine(
  history: readonly string[],
  letters: string,
  after: number,
): { at: number; row: string } | null {
  const at = history.findIndex((row, index) => index > after && row.includes(letters));
  return at === -1 ? null : { at, row: history[at] ?? "" };
}
