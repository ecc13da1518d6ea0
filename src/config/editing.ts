/** What changes files of configuration, and what describes them whole: for commands that do just that. No thread loads it. */
export { replaceFile, setInFile, unsetInFile } from "./edit.ts";
export { isHookEvent } from "./hooks/events.ts";
export { planImport } from "./import/codex.ts";
export { type Import, newImport, planFile, setsAny, takeSettings } from "./import/plan.ts";
export { readLayer } from "./layer.ts";
export { CLAUDE_HOOKS } from "./read-layers.ts";
export { configJsonSchema } from "./schema/json-schema.ts";
export { isTable } from "./schema/type.ts";
export { isSecret } from "./secrets.ts";
export { lineDiff } from "./trust/line-diff.ts";
export { changeTrust, readTrust } from "./trust/store.ts";
export { writeWhole } from "./write-file.ts";
