import { closeSync, writeSync } from "node:fs";
import { libc } from "../../base/libc.ts";

/** linux/memfd.h, linux/fcntl.h and asm-generic/errno-base.h: node:os, which has the last, takes 0.2 ms to load. */
const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
const EINVAL = 22;
/** Since Linux 6.3, where `vm.memfd_noexec` may make files without it unfit for execution. */
const MFD_EXEC = 0x10;
const F_ADD_SEALS = 1033;
/** F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE: from then on nobody can change the file. */
const ALL_SEALS = 1 | 2 | 4 | 8;

/**
 * Puts `bytes` into an anonymous file in memory that can be executed and no longer changed, and gives its descriptor, which
 * lives as long as the process and is not inherited. Throws when the kernel or the C library does not offer it.
 */
export function sealedMemfd(name: string, bytes: Uint8Array): number {
  const { memfd_create, fcntl, errno } = libc();
  const label = Buffer.from(`${name}\0`);
  let fd = memfd_create(label, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
  if (fd < 0 && errno() === EINVAL) fd = memfd_create(label, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) throw new Error(`memfd_create: errno ${errno()}`);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    if (fcntl(fd, F_ADD_SEALS, ALL_SEALS) !== 0) throw new Error(`F_ADD_SEALS: errno ${errno()}`);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
