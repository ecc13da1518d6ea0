import { existsSync, rmSync } from "node:fs";
import { readRegular } from "../../base/index.ts";
import { replaceFile, setInFile, unsetInFile, writeWhole } from "../../config/editing.ts";
import type { Host, Invocation } from "../contract.ts";
import { runEditor } from "../editor.ts";
import { configFile, failConfig, wrongUsage } from "./shared.ts";

/** The subcommands that change a file. */
export async function edit(name: "set" | "unset" | "edit", call: Invocation): Promise<number> {
  const { args, host } = call;
  const file = configFile(call);
  const [key, value, ...more] = args;
  if (name === "set") {
    if (key === undefined || value === undefined || more.length > 0)
      return wrongUsage(host, "set takes a key and a value");
    return report(host, file, await setInFile(file, key, value, host));
  }
  if (name === "unset") {
    if (key === undefined || value !== undefined) return wrongUsage(host, "unset takes one key");
    return report(host, file, await unsetInFile(file, key, host.home));
  }
  if (args.length > 0) return wrongUsage(host, `${name} takes nothing more`);
  return inEditor(host, file);
}

function report(host: Host, file: string, result: Awaited<ReturnType<typeof setInFile>>): number {
  if (!result.ok) return failConfig(host, result.message);
  host.stderr(result.changed ? `${file}: ${result.key} changed\n` : `${file}: nothing to change\n`);
  return 0;
}

/** Bytes of a file of settings that are read. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Opens a draft beside the file in $VISUAL or $EDITOR; the file is replaced only by a text that moat can start with. A draft
 * that was refused is kept and opened again next time.
 */
async function inEditor(host: Host, file: string): Promise<number> {
  const draft = `${file}.draft`;
  const before = readRegular(existsSync(draft) ? draft : file, MAX_BYTES);
  if (!before.ok && before.code !== "ENOENT") return failConfig(host, `${file} cannot be edited: ${before.why}.`);
  if (!existsSync(draft)) writeWhole(draft, before.ok ? before.bytes.toString("utf8") : "");
  const ended = await runEditor(host, draft);
  if (!ended.ok) return failConfig(host, `${ended.message}. Your text is in ${draft}.`);
  const edited = readRegular(draft, MAX_BYTES);
  if (!edited.ok) return failConfig(host, `${draft} cannot be read, so nothing was changed: ${edited.why}.`);
  const result = await replaceFile(file, edited.bytes.toString("utf8"), host.home);
  if (!result.ok) {
    return failConfig(
      host,
      `nothing was changed:\n${result.message.replaceAll(file, draft)}\nRun \`moat config edit\` again to correct it.`,
    );
  }
  rmSync(draft);
  return report(host, file, { ...result, key: "the file" });
}
