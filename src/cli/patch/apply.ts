import { resolve } from "node:path";
import { readNamed, USAGE } from "../../base/index.ts";
import { parsePatch, parseUnifiedDiff } from "../../patch/index.ts";
import type { CommandRun, Host } from "../contract.ts";
import { applyFromCli, decodePatch, unread } from "./command.ts";

/** `moat apply [FILE|-]`: applies a unified diff, or a patch in the `*** Begin Patch` notation, to the working tree. */
export const run: CommandRun = async ({ args, rest, flags, host }) => {
  const [named, ...more] = [...args, ...rest];
  if (more.length > 0 || (named === undefined && host.stdin_is_tty)) return usage(HOW, host);
  const name = named ?? "-";
  if (name === "-" && host.stdin_is_tty) return usage("moat: apply - reads the diff from a pipe or a file", host);
  const read = name === "-" ? await host.readStdin() : await readNamed(resolve(host.cwd, name), MAX_BYTES, host.signal);
  if (!read.ok) return unread(name, read, host);
  const text = decodePatch(read.bytes, host);
  if (text === null) return USAGE;
  if (named === undefined && text.trim() === "") return usage(HOW, host);
  const is_patch = /^\s*\*\*\* Begin Patch\s*$/m.test(text) && !/^(?:diff --git |--- )/m.test(text);
  return applyFromCli(is_patch ? parsePatch(text) : parseUnifiedDiff(text), flags, host);
};

const HOW = "Usage: moat apply FILE, or: git diff … | moat apply";

/** Most that a diff may have: the largest file that a patch changes. */
const MAX_BYTES = 512 * 1024 * 1024;

function usage(message: string, host: Host): number {
  host.stderr(`${message}\n`);
  return USAGE;
}
