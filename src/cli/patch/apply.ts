import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { USAGE } from "../../base/index.ts";
import { parsePatch, parseUnifiedDiff } from "../../patch/index.ts";
import type { CommandRun, Host } from "../contract.ts";
import { applyFromCli, decodePatch } from "./command.ts";

/** `moat apply FILE|-`: applies a unified diff, or a patch in the `*** Begin Patch` notation, to the working tree. */
export const run: CommandRun = async ({ args, rest, flags, host }) => {
  const [name, ...more] = [...args, ...rest];
  if (name === undefined || more.length > 0)
    return usage("Usage: moat apply FILE, or: git diff … | moat apply -", host);
  if (name === "-" && host.stdin_is_tty) return usage("moat: apply - reads the diff from a pipe or a file", host);
  const bytes = name === "-" ? await host.readStdin() : readDiff(name, host);
  const text = bytes && decodePatch(bytes, host);
  if (text === null) return USAGE;
  const is_patch = /^\s*\*\*\* Begin Patch\s*$/m.test(text) && !/^(?:diff --git |--- )/m.test(text);
  return applyFromCli(is_patch ? parsePatch(text) : parseUnifiedDiff(text), flags, host);
};

function readDiff(name: string, host: Host): Uint8Array | null {
  try {
    return readFileSync(resolve(host.cwd, name));
  } catch (error) {
    host.stderr(`moat: ${name} cannot be read: ${error instanceof Error ? error.message : error}\n`);
    return null;
  }
}

function usage(message: string, host: Host): number {
  host.stderr(`${message}\n`);
  return USAGE;
}
