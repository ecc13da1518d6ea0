export type { Dialog, Option } from "./dialog.ts";
export { KeyReader, ON_SCREEN_MS, PASTE, PASTE_MARKS } from "./keys.ts";
export { type Printable, ProseStream, proseLines, SafeText, safe } from "./safe-text.ts";
export { type Style, styleFor } from "./style.ts";
export { hasHidden, readable, safeJson, visible, visibleLine } from "./visible.ts";

/** Dialogs; loaded when one is needed. */
export const loadDialogs = () => import("./dialog.ts");
