export { FAILED, signalExit, USAGE } from "./exits.ts";
export { nearest } from "./nearest.ts";
export { isBeneath, isWithin } from "./paths.ts";
export { BYTES_PER_TOKEN } from "./tokens.ts";
