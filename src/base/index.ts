export { FAILED, signalExit, USAGE } from "./exits.ts";
export { nearest } from "./nearest.ts";
export { isBeneath, isWithin } from "./paths.ts";
export { isSystemShell, OWN_SHELLS, quoteWords, scriptIn, scriptOf } from "./shell-words.ts";
export { BYTES_PER_TOKEN } from "./tokens.ts";
