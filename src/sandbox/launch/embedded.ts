import { readFileSync } from "node:fs";
import { join } from "node:path";
import launcherPath from "../../../dist/launcher.bin" with { type: "file" };
import { sha256Of } from "../../base/index.ts";
import { SandboxError } from "../contract.ts";
import { installPrivate } from "../private-file.ts";

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
  const onDisk = async () => {
    const path = join(cache_dir, sha256);
    installPrivate(launcher.bytes, sha256, path);
    return path;
  };
  for (const make of [inMemory, onDisk]) {
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
  const actual = sha256Of(bytes);
  if (sha256 !== null && actual !== sha256) {
    throw new SandboxError("the sandbox launcher inside moat is damaged (its hash is wrong): install moat again");
  }
  if (bytes.length < 64 || Buffer.from(bytes.buffer, bytes.byteOffset, 4).toString("latin1") !== "\x7fELF") {
    throw new SandboxError("the sandbox launcher inside moat is no Linux program: build moat again on Linux");
  }
  return actual;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
