/** Names of keys that are no character. */
export type NamedKey =
  | "enter"
  | "tab"
  | "escape"
  | "backspace"
  | "delete"
  | "insert"
  | "up"
  | "down"
  | "left"
  | "right"
  | "home"
  | "end"
  | "page-up"
  | "page-down"
  | `f${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12}`;

/** What a person did at the terminal, whatever protocol the terminal told it by. */
export type TermEvent =
  /**
   * A key. `key`: the character that it has without Ctrl and Alt (a grapheme, as typed: `A` with Shift), or its name. With none of
   * `ctrl` and `alt`, a character is text. `shift` of a character says that it is an upper-case letter (or one whose shifted form the
   * terminal did not tell): most terminals tell no more. Ctrl+J is `j`, not Enter; Ctrl+H and Ctrl+I are what they are to most
   * terminals, Backspace and Tab.
   */
  | { type: "key"; key: string; named: boolean; ctrl: boolean; alt: boolean; shift: boolean }
  /** All that was pasted, at once; line ends are `\n`. */
  | { type: "paste"; text: string }
  /** The mouse wheel; `rows` < 0: towards the beginning. */
  | { type: "wheel"; rows: number }
  | { type: "focus"; focused: boolean }
  /** The terminal's background (OSC 11), as asked for. */
  | { type: "background"; dark: boolean }
  /** The terminal speaks the kitty keyboard protocol. */
  | { type: "kitty" };
