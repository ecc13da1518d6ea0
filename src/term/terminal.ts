// What an app that takes the whole terminal needs; loaded by nothing else.
export { ESCAPE_WAIT_MS, InputDecoder } from "./input/decoder.ts";
