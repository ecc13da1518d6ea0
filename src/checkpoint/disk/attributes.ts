import { lutimesSync } from "node:fs";
import { fileCalls } from "../../base/libc.ts";
import { type ByteText, fromBytes, toBytes } from "../format/byte-text.ts";
import { AT_FDCWD, AT_SYMLINK_NOFOLLOW, PathRoom } from "./c-path.ts";

/** The most that the kernel gives for a list of names or a value (XATTR_LIST_MAX, XATTR_SIZE_MAX). */
const MOST = 65536;

const linux = process.platform === "linux";
const cString = (text: ByteText): Buffer => Buffer.concat([toBytes(text), Buffer.alloc(1)]);
const room = Buffer.alloc(MOST);
const paths = new PathRoom();
/** Of what has none: most files. */
const NONE: [ByteText, ByteText][] = [];

/** Extended attributes of what is at a path, a link itself. None where the file system or the platform has none. */
export function readAttributes(path: ByteText): [ByteText, ByteText][] {
  if (!linux) return [];
  const { llistxattr, lgetxattr } = fileCalls();
  const at = paths.put(path);
  const length = llistxattr(at, room, MOST);
  if (length <= 0) return NONE;
  const names = fromBytes(room.subarray(0, length)).split("\0").filter(Boolean);
  return names.flatMap((name): [ByteText, ByteText][] => {
    const size = lgetxattr(at, cString(name), room, MOST);
    return size < 0 ? [] : [[name, fromBytes(room.subarray(0, size))]];
  });
}

/** Gives what is at a path these attributes and no others, where the user may. false: some could not be set. */
export function writeAttributes(path: ByteText, wanted: readonly [ByteText, ByteText][]): boolean {
  if (!linux) return wanted.length === 0;
  const now = new Map(readAttributes(path));
  const { lsetxattr, lremovexattr } = fileCalls();
  const at = paths.put(path);
  let whole = true;
  for (const [name, value] of wanted) {
    const same = now.get(name) === value;
    now.delete(name);
    // An empty buffer has no address.
    if (
      !same &&
      lsetxattr(at, cString(name), value === "" ? cString("") : toBytes(value), BigInt(value.length), 0) !== 0
    )
      whole = false;
  }
  for (const name of now.keys()) if (lremovexattr(at, cString(name)) !== 0) whole = false;
  return whole;
}

/** Sets the time of the last change, ns since 1970, of a link itself too. The time of the last look becomes the same. */
export function setModified(path: ByteText, mtime: bigint): void {
  const [seconds, rest] = [mtime / 1_000_000_000n, mtime % 1_000_000_000n];
  if (!linux) {
    const time = Number(mtime) / 1e9;
    lutimesSync(toBytes(path), time, time);
    return;
  }
  const times = Buffer.alloc(32);
  for (const at of [0, 16]) {
    times.writeBigInt64LE(seconds, at);
    times.writeBigInt64LE(rest, at + 8);
  }
  if (fileCalls().utimensat(AT_FDCWD, paths.put(path), times, AT_SYMLINK_NOFOLLOW) !== 0)
    throw new Error("its time could not be set");
}

/** Makes a named pipe, with permissions of its own. */
export function makePipe(path: ByteText, mode: number): void {
  if (!linux || fileCalls().mkfifo(paths.put(path), mode) !== 0) throw new Error("a pipe could not be made");
}
