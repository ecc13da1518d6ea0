/** Records of a part of the work from which on it is worth it: a collection takes as long as merging so many. */
const MANY = 10_000;

/**
 * Collects what a part of the work leaves behind, where it was large. The engine does so by itself when its heap has doubled, and all of an
 * undo is done in one go: what each part needs for a moment would pile up to many times what is kept.
 * @param records that the part went through
 */
export function letGo(records: number): void {
  if (records >= MANY) Bun.gc(true);
}
