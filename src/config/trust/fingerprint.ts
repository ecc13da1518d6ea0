import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** SHA-256 of a file as it lies on the disk; or why it has none. */
export type Fingerprint = { ok: true; sha256: string } | { ok: false; absent: boolean; why: string };

/** Bytes that are read at once. */
const CHUNK_BYTES = 1 << 20;

/** Of files that were hashed before, by path: `id` says whether it is still the same, unchanged file (nobody can set a ctime). */
const KNOWN = new Map<string, { id: string; sha256: string }>();

/**
 * Hashes the bytes of a regular file of any size, without holding them; what did not change since it was hashed is not read
 * again. Opened without waiting: a pipe or a device in its place has no fingerprint.
 */
export function fingerprint(path: string): Fingerprint {
  let fd: number | null = null;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(fd, { bigint: true });
    if (!stat.isFile()) return { ok: false, absent: false, why: "it is no file" };
    const id = `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
    const known = KNOWN.get(path);
    if (known?.id === id) return { ok: true, sha256: known.sha256 };
    const sha256 = hashOf(fd, Number(stat.size));
    if (sha256 === null) return { ok: false, absent: false, why: "it changes while it is read" };
    KNOWN.set(path, { id, sha256 });
    return { ok: true, sha256 };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { ok: false, absent: true, why: "it is not there" };
    return { ok: false, absent: false, why: `the system says ${code}` };
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/** null when it has another size than it should: somebody writes it, and it might have no end. */
function hashOf(fd: number, size: number): string | null {
  const hasher = new Bun.CryptoHasher("sha256");
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let read = 0; ; ) {
    const count = readSync(fd, chunk, 0, chunk.length, null);
    read += count;
    if (read > size || (count === 0 && read < size)) return null;
    if (count === 0) return hasher.digest("hex");
    hasher.update(chunk.subarray(0, count));
  }
}
