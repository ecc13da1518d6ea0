import { chmodSync, existsSync, mkdirSync, realpathSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Replaces a file in one step: the new text is written beside it and moved over it, so that a reader sees the old text or the
 * new one. A link is kept and its target replaced. New directories are for their owner only, and so are new files unless
 * `new_mode` says else; an existing file keeps its mode. Throws what the file system throws.
 */
export function writeWhole(file: string, text: string | Uint8Array, new_mode = 0o600): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const target = existsSync(file) ? realpathSync(file) : file;
  const mode = existsSync(target) ? statSync(target).mode & 0o777 : new_mode;
  const beside = `${target}.${process.pid}.new`;
  writeFileSync(beside, text, { mode });
  chmodSync(beside, mode);
  renameSync(beside, target);
}
