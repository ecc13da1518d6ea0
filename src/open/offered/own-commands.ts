import { existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";

/** Names under which models call the patch tool in a shell, what the tool web_fetch runs, and what ssh connects through. */
const NAMES = ["apply_patch", "applypatch", "web_fetch", "moat-connect"];

/**
 * A directory for the end of every command's PATH, in which moat answers to the names of its own tools: so that a patch in the
 * middle of a script is applied, confined like everything else in it. It lies in MOAT_HOME, where no command may write. null:
 * it cannot be made, or moat is run from its sources.
 */
export function ownCommands(moat_home: string, program: string): string | null {
  if (/^bun(\.exe)?$/.test(basename(program))) return null;
  const directory = join(moat_home, "bin");
  try {
    if (!existsSync(directory)) mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const name of NAMES) link(join(directory, name), program);
    return directory;
  } catch {
    // A home that cannot be written: such a script is told that there is no such command.
    return null;
  }
}

function link(path: string, program: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink() && readlinkSync(path) === program) return;
  if (stat) rmSync(path);
  symlinkSync(program, path);
}
