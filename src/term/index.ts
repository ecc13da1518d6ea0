export type { Dialog, DialogOption as Option } from "./dialog.ts";
export type { TermEvent } from "./input/key-event.ts";
export { holdsLongText, safeJson, safeJsonLine } from "./json.ts";
export { KeyReader, PASTE, PASTE_MARKS } from "./keys.ts";
export { type Cell, cells, graphemes, isPlain, standsAlone, withoutTabs } from "./measure.ts";
export { PassingLine } from "./passing-line.ts";
export { markPastes } from "./paste-marks.ts";
export { ReadingTime } from "./reading-time.ts";
export { type Printable, ProseStream, proseLines, SafeText, safe } from "./safe-text.ts";
export type { Blocks, Picture, RowPlace, Screen, Size } from "./screen/picture.ts";
export { type Style, styleFor } from "./style.ts";
export { type Colours, coloursOf, THEMES, type Theme, themeFor } from "./theme.ts";
export type { Tty } from "./tty.ts";
export { hasHidden, readable, visible, visibleLine } from "./visible.ts";

/** Dialogs; loaded when one is needed. */
export const loadDialogs = () => import("./dialog.ts");

/** Keys, screens and modes, for what takes the whole terminal; loaded by nothing else. */
export const loadTerminal = () => import("./terminal.ts");
