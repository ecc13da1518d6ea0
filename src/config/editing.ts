/** What changes files of configuration, and what describes them whole: for commands that do just that. No thread loads it. */
export { replaceFile, setInFile, unsetInFile } from "./edit.ts";
export { planImport } from "./import-codex.ts";
export { configJsonSchema } from "./schema/json-schema.ts";
export { lineDiff } from "./trust/line-diff.ts";
export { changeTrust, readTrust } from "./trust/store.ts";
export { writeWhole } from "./write-file.ts";
