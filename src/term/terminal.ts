// What an app that takes the whole terminal needs; loaded by nothing else.
export { ESCAPE_WAIT_MS, InputDecoder } from "./input/decoder.ts";
export { type Mode, Modes } from "./modes.ts";
export { Output, type Write } from "./output.ts";
export { fullscreen } from "./screen/fullscreen.ts";
export { inlineScreen } from "./screen/inline.ts";
export type { Surface } from "./screen/surface.ts";
export { ASK_BACKGROUND, ASK_KITTY, copyText, knowsProgress, notification } from "./tell.ts";
export { openTty, type Tty } from "./tty.ts";
