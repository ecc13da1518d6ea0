import { existsSync } from "node:fs";
import { hostTarget, type Target } from "./targets.ts";

/** How a program of another machine is started on this one, or why it cannot be. */
export type Runner = { ok: true; command: string[] } | { ok: false; why: string };

/** Where Debian's libc6-arm64-cross puts the C library that qemu needs beside the program. */
const ARM64_ROOT = "/usr/aarch64-linux-gnu";

/** Finds out whether a target's program can run here: as it is, under qemu-user, or with musl's loader. */
export function runnerFor(target: Target): Runner {
  if (process.platform !== "linux" || target.os !== "linux") {
    const same = target.name === hostTarget().name;
    return same ? { ok: true, command: [] } : { ok: false, why: `needs ${target.os}` };
  }
  const libraries = target.libc === "musl" ? muslMissing(target) : null;
  if (libraries !== null) return { ok: false, why: libraries };
  if (target.cpu === process.arch) return { ok: true, command: [] };
  const qemu = Bun.which("qemu-aarch64-static") ?? Bun.which("qemu-aarch64");
  if (target.cpu !== "arm64" || qemu === null) return { ok: false, why: "needs qemu-user-static" };
  if (!existsSync(`${ARM64_ROOT}/lib/libc.so.6`)) return { ok: false, why: "needs libc6-arm64-cross" };
  return { ok: true, command: [qemu, "-L", ARM64_ROOT] };
}

/** musl's loader and the C++ library that is built for it: Alpine has both, Debian only the first. */
function muslMissing({ cpu }: Target): string | null {
  const arch = cpu === "arm64" ? "aarch64" : "x86_64";
  if (!existsSync(`/lib/ld-musl-${arch}.so.1`)) return `needs musl (/lib/ld-musl-${arch}.so.1)`;
  const found = ["/lib", "/usr/local/lib", "/usr/lib"].some((directory) => existsSync(`${directory}/libstdc++.so.6`));
  return found ? null : "needs musl's libstdc++ (Alpine: apk add libstdc++)";
}
