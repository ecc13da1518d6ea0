export type { Dialog, Option } from "./dialog.ts";
export { KeyReader, ON_SCREEN_MS, PASTE, PASTE_MARKS } from "./keys.ts";
export { type Style, stripControls, styleFor } from "./style.ts";

/** Dialogs; loaded when one is needed. */
export const loadDialogs = () => import("./dialog.ts");
