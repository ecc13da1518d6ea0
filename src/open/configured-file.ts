import { FAILED, readNamed, readRegular } from "../base/index.ts";
import { settingPlace } from "../config/index.ts";
import type { Loaded, OpenHost, Refusal } from "./contract.ts";

/** Bytes of a file that a setting names; real ones have some kilobytes. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The text of the file that a setting names; null where it names none. What stands in a file of settings must be a file; what
 * was typed as `-c KEY=PATH` may be a pipe.
 */
export async function readConfigured(
  key: string,
  path: string | null,
  { origins }: Pick<Loaded, "origins">,
  { signal }: Pick<OpenHost, "signal">,
): Promise<{ ok: true; text: string | null } | Refusal> {
  if (path === null) return { ok: true, text: null };
  const typed = origins.get(key)?.layer === "flag";
  const read = typed ? await readNamed(path, MAX_BYTES, signal) : { exit: FAILED, ...readRegular(path, MAX_BYTES) };
  if (read.ok) return { ok: true, text: read.bytes.toString("utf8") };
  const place = await settingPlace(origins, key.split("."), null);
  return { ok: false, message: `${place}: ${key} ${path}: ${read.why}`, exit: read.exit };
}
