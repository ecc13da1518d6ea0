import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRegular } from "../../base/index.ts";
import type { Host } from "../contract.ts";
import { runEditor } from "../editor.ts";

/** Bytes of a text from an editor: far more than anybody writes. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Opens a text in the person's editor; a text that was not saved comes back as it was. */
export async function editText(
  host: Host,
  text: string,
): Promise<{ ok: true; text: string } | { ok: false; message: string }> {
  const directory = mkdtempSync(join(tmpdir(), "moat-message-"));
  // Editors choose their mode for Markdown by the name.
  const file = join(directory, "message.md");
  try {
    writeFileSync(file, text, { mode: 0o600 });
    const ended = await runEditor(host, file);
    if (!ended.ok) return ended;
    const edited = readRegular(file, MAX_BYTES);
    return edited.ok
      ? { ok: true, text: edited.bytes.toString("utf8") }
      : { ok: false, message: `the editor's file cannot be read: ${edited.why}` };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
