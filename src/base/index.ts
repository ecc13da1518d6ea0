export { FAILED, signalExit, USAGE } from "./exits.ts";
export { freeBytes } from "./free-bytes.ts";
export { graphemeSegments } from "./graphemes.ts";
export { sha256Of } from "./hash.ts";
export { MEMORY_FORM, parseMemory } from "./memory-size.ts";
export { createNamed, type NamedFile, type NamedRead, readAll, readNamed } from "./named-file.ts";
export { nearest } from "./nearest.ts";
export { isTooNested, MAX_LEVELS } from "./nesting.ts";
export { once } from "./once.ts";
export { fromHome, isBeneath, isWithin, namesGitDirectory } from "./paths.ts";
export {
  appendRegular,
  NOT_A_FILE,
  openRegular,
  readPiece,
  readRegular,
  systemReason,
  TOO_LARGE,
} from "./regular-file.ts";
export { SecretStream, Secrets } from "./secrets.ts";
export { isSystemShell, OWN_SHELLS, quoteWord, quoteWords, scriptIn, scriptOf } from "./shell-words.ts";
export { textOf } from "./text.ts";
export { BYTES_PER_TOKEN } from "./tokens.ts";
export { type EndSpan, span, type TraceSink, traceTo } from "./trace.ts";
export { undoStoreName } from "./undo-store.ts";
