export { type Style, stripControls, styleFor } from "./style.ts";
