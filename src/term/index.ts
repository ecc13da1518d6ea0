export { dialogs } from "./dialogs.ts";
export { type Printable, ProseStream, proseLines, SafeText, safe } from "./safe-text.ts";
export { type Style, styleFor } from "./style.ts";
export { hasHidden, readable, safeJson, visible, visibleLine } from "./visible.ts";
