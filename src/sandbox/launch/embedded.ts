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
import { join } from "node:path";
import launcherPath from "../../../dist/launcher.bin" with { type: "file" };
import { SandboxError } from "../contract.ts";

/** The launcher as it was built into this program, and what its hash has to be (null: run from source). */
export interface Embedded {
  bytes: Uint8Array;
  sha256: string | null;
}

/** Reads the embedded launcher. */
export function embedded(): Embedded {
  try {
    const sha256 = typeof MOAT_LAUNCHER_SHA256 === "string" ? MOAT_LAUNCHER_SHA256 : null;
    return { bytes: readFileSync(launcherPath), sha256 };
  } catch (error) {
    throw new SandboxError(`the sandbox launcher is missing from this build (${reason(error)}): build moat again`);
  }
}

/**
 * Makes the launcher executable and gives a path that can be spawned, with what `use` made of it: a sealed file in memory, or,
 * where `use` fails with that, `<cache_dir>/<sha256>`. Throws SandboxError when the bytes are damaged or neither way works: then no
 * command may run.
 */
export async function prepare<T>(
  launcher: Embedded,
  cache_dir: string,
  use: (path: string) => Promise<T>,
): Promise<{ path: string; result: T }> {
  const sha256 = verify(launcher);
  // "self" is the spawned child, before it executes: the descriptor is still there, and no other process is asked.
  const inMemory = async () =>
    `/proc/self/fd/${(await import("./memfd.ts")).sealedMemfd("moat-launch", launcher.bytes)}`;
  const failures: string[] = [];
  for (const make of [inMemory, async () => installLauncher(launcher.bytes, sha256, cache_dir)]) {
    try {
      const path = await make();
      return { path, result: await use(path) };
    } catch (error) {
      failures.push(reason(error));
    }
  }
  throw new SandboxError(`the sandbox launcher cannot be started: ${failures.join("; ")}`);
}

/** Throws SandboxError unless the bytes are those that were built; gives their SHA-256. */
function verify({ bytes, sha256 }: Embedded): string {
  const actual = hash(bytes);
  if (sha256 !== null && actual !== sha256) {
    throw new SandboxError("the sandbox launcher inside moat is damaged (its hash is wrong): install moat again");
  }
  if (bytes.length < 64 || Buffer.from(bytes.buffer, bytes.byteOffset, 4).toString("latin1") !== "\x7fELF") {
    throw new SandboxError("the sandbox launcher inside moat is no Linux program: build moat again on Linux");
  }
  return actual;
}

/** Puts the launcher into a directory of our own, or takes the one that is there when it is exactly ours. */
export function installLauncher(bytes: Uint8Array, sha256: string, directory: string): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const owner = ownDirectory(directory);
  const path = join(directory, sha256);
  if (isOurs(path, sha256, owner)) return path;
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
  return path;
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
      return uid === owner && (mode & 0o222) === 0 && hash(readFileSync(fd)) === sha256;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}

function hash(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
