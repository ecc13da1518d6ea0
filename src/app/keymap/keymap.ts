import type { TermEvent } from "../../term/index.ts";
import { KEY_TABLE, type KeyRow, type Place } from "./table.ts";

type KeyEvent = Extract<TermEvent, { type: "key" }>;

/** Which action a key has where, and the rows that say so. */
export type Keymap = Readonly<Record<Place, ReadonlyMap<string, string>>> & { readonly rows: readonly KeyRow[] };

/** A key as the table writes it: `ctrl-a`, `alt-shift-left`, `page-up`, `y`. */
export function keyName({ key, named, ctrl, alt, shift }: KeyEvent): string {
  const plain = !named && !ctrl && !alt;
  const base = key === " " ? "space" : plain ? key : key.toLowerCase();
  const shifted = named ? shift : !plain && (shift || key !== key.toLowerCase());
  return `${ctrl ? "ctrl-" : ""}${alt ? "alt-" : ""}${shifted ? "shift-" : ""}${base}`;
}

/** The text that a key types; null: it types none. */
export function typedText({ key, named, ctrl, alt }: KeyEvent): string | null {
  return named || ctrl || alt ? null : key;
}

/** The table with a user's own keys in it (`tui.keymap`: keys by the name of the action), and what of those is wrong. */
export function keymapOf(own: Readonly<Record<string, readonly string[]>> = {}): {
  keymap: Keymap;
  problems: string[];
} {
  const problems: string[] = [];
  const maps: Record<Place, Map<string, string>> = {
    anywhere: new Map(),
    composer: new Map(),
    menu: new Map(),
    picker: new Map(),
    question: new Map(),
    field: new Map(),
    pager: new Map(),
  };
  for (const name of Object.keys(own)) {
    if (!KEY_TABLE.some((row) => row.name === name)) problems.push(`tui.keymap: there is no action ${name}`);
  }
  const rows = rowsWith(own);
  for (const row of rows) {
    for (const key of row.keys) {
      const other = maps[row.where].get(key);
      if (other !== undefined) problems.push(`tui.keymap: ${key} is both ${other} and ${row.name}; ${other} has it`);
      else maps[row.where].set(key, row.name);
    }
  }
  return {
    keymap: { ...maps, rows: KEY_TABLE.map((row) => rows.find(({ name }) => name === row.name) ?? row) },
    problems,
  };
}

/** The rows with a user's keys; what a user set comes first, so that it wins a key that two rows have. */
function rowsWith(own: Readonly<Record<string, readonly string[]>>): KeyRow[] {
  const set = (row: KeyRow) => (Object.hasOwn(own, row.name) ? own[row.name] : undefined);
  const rows = KEY_TABLE.map((row) => ({
    ...row,
    keys: (set(row) ?? row.keys).map((key) => (key.length > 1 ? key.toLowerCase() : key)),
  }));
  return [...rows.filter((row) => set(row)), ...rows.filter((row) => !set(row))];
}
