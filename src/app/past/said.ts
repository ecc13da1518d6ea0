import type { Entry } from "../../view/index.ts";

/** Something that the person said. */
export interface SaidMessage {
  text: string;
  /** The turn that it began, or was said in; null: not known. */
  turn_id: string | null;
  /** That turn, or one after it, changed files. */
  changed: boolean;
}

/** What the person said, in order: what is known of before, and what these entries tell. */
export function saidIn(entries: Iterable<Entry>, before: readonly SaidMessage[]): SaidMessage[] {
  const said = [...before];
  let turn_id: string | null = null;
  /** So many of them were said before files were changed. */
  let changed = 0;
  for (const entry of entries) {
    if (entry.type === "turn.started") turn_id = entry.turn_id;
    if (entry.type === "user") said.push({ text: entry.text, turn_id, changed: false });
    if (changesFiles(entry)) changed = said.length;
  }
  return said.map((message, at) => (at < changed ? { ...message, changed: true } : message));
}

/** A turn has ended that changed files. */
export function changesFiles(entry: { type: string; files?: unknown }): boolean {
  return (entry.type === "turn.completed" || entry.type === "turn.failed") && entry.files !== undefined;
}
