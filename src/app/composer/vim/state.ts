/** Keys as vi has them. */
export interface Vim {
  mode: "normal" | "insert";
  /** What was typed of a command that is not whole yet, e.g. `2d`. */
  keys: string;
  /** The last change, for `.`: its keys, and what was typed in insert mode after it. */
  change: { keys: string; inserted: string } | null;
  /** What `p` puts, and whether it is whole lines. */
  register: { text: string; lines: boolean };
  /** The last search in the line, for `;` and `,`. */
  find: { key: "f" | "F" | "t" | "T"; character: string } | null;
}

export const VIM_START: Vim = Object.freeze<Vim>({
  mode: "insert",
  keys: "",
  change: null,
  register: { text: "", lines: false },
  find: null,
});
