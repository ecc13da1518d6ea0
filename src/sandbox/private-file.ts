import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { sha256Of } from "../base/index.ts";

/**
 * Puts a file into a directory of our own, or takes the one that is there when it is exactly ours. Throws when the directory can be
 * changed by others, or the file was.
 * @param sha256 of the bytes, in hex
 * @param path absolute; its directory is made where it is missing
 */
export function installPrivate(bytes: Uint8Array, sha256: string, path: string): void {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const owner = ownDirectory(directory);
  if (isOurs(path, sha256, owner)) return;
  const fresh = `${path}.${process.pid}`;
  rmSync(fresh, { force: true });
  const fd = openSync(fresh, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o500);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  } finally {
    closeSync(fd);
  }
  renameSync(fresh, path);
  if (!isOurs(path, sha256, owner)) throw new Error(`${path} was changed while it was written`);
}

/** Throws unless the directory can be changed by this user only. Gives the user's id. */
function ownDirectory(directory: string): number {
  const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const { uid, mode } = fstatSync(fd);
  closeSync(fd);
  const self = process.getuid?.() ?? 0;
  if (uid !== self || (mode & 0o022) !== 0) throw new Error(`${directory} can be changed by others`);
  return self;
}

function isOurs(path: string, sha256: string, owner: number): boolean {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { uid, mode } = fstatSync(fd);
      return uid === owner && (mode & 0o222) === 0 && sha256Of(readFileSync(fd)) === sha256;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}
