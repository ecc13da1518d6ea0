import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { freeBytes } from "../base/index.ts";

/** A blob on disk. */
export interface BlobFile {
  hash: string;
  path: string;
  bytes: number;
  /** Last use by a writer, ms since 1970. */
  used: number;
}

const hashOf = (bytes: Uint8Array) => new Bun.CryptoHasher("sha256").update(bytes).digest("hex");

/** One directory per first byte, as git has it: no directory holds more than a 256th of all blobs. */
const pathOf = (dir: string, hash: string) => join(dir, hash.slice(0, 2), `${hash}.zst`);

/**
 * Stores a text under the SHA-256 of its UTF-8 bytes, compressed, and returns the hash. The same text is stored once.
 * It is on disk when this returns: a rollout must never name a blob that a power cut can take away.
 */
export function putBlob(dir: string, text: string, now: Date): string {
  const bytes = Buffer.from(text, "utf8");
  const hash = hashOf(bytes);
  const path = pathOf(dir, hash);
  if (statSync(path, { throwIfNoEntry: false })) {
    // Shows `gc` in another process that the blob is about to be named again.
    utimesSync(path, now, now);
    return hash;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const staged = `${path}.${process.pid}`;
  try {
    const compressed = Bun.zstdCompressSync(bytes);
    freeBytes(bytes);
    writeDurably(staged, compressed);
    renameSync(staged, path);
  } catch (error) {
    rmSync(staged, { force: true });
    throw error;
  }
  return hash;
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const fd = openSync(path, "w", 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The text of a blob; null when it is missing or its bytes are not those that it was stored with. */
export function getBlob(dir: string, hash: string): string | null {
  try {
    const bytes = Bun.zstdDecompressSync(readFileSync(pathOf(dir, hash)));
    return hashOf(bytes) === hash
      ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")
      : null;
  } catch {
    return null;
  }
}

/** Every blob, with leftovers of writers that were killed (their `hash` is empty). */
export function listBlobs(dir: string): BlobFile[] {
  return names(dir).flatMap((folder) =>
    names(join(dir, folder)).flatMap((name) => {
      const path = join(dir, folder, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (!stat?.isFile()) return [];
      const hash = name.match(/^([0-9a-f]{64})\.zst$/)?.[1] ?? "";
      return [{ hash, path, bytes: stat.size, used: stat.mtimeMs }];
    }),
  );
}

/** Hashes of the blobs that a rollout refers to, damaged lines included. Throws what the system says of one that cannot be read. */
export function blobReferences(path: string): Set<string> {
  // What lies in the place of one, such as a pipe, refers to nothing, and must not hold up whoever removes it.
  if (!statSync(path).isFile()) return new Set();
  const text = readFileSync(path, "utf8");
  return new Set([...text.matchAll(/"\$blob":"([0-9a-f]{64})"/g)].map((found) => found[1] ?? ""));
}

function names(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
