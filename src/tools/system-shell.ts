import { realpathSync } from "node:fs";
import { isWithin } from "../base/index.ts";
import { commandShell } from "./command.ts";

/** Shells that take `-c SCRIPT` and `-l`, by the names that systems install them under. */
export const SHELLS = ["bash", "sh", "zsh", "dash", "ksh", "mksh", "fish"] as const;

/** Where systems install them. No sandbox mode makes these writable. */
const DIRECTORIES = ["/bin", "/usr/bin"] as const;

/** What the names there may lead to, links resolved: those places themselves, and the stores of two systems that link from there. */
const HOMES = ["/bin", "/usr/bin", "/usr/lib", "/nix/store", "/gnu/store"];

/** The shell of a call, absolute; or why there is none, for the model. */
export type ShellChoice = { ok: true; shell: string } | { ok: false; message: string };

/**
 * The shell that a call asks for. A person is shown the script and agrees to that: so what reads it must be a shell of the
 * system, named alone or by its place there. Anything else could do as it likes with the script.
 */
export function chooseShell(
  wanted: string | null | undefined,
  real: (path: string) => string | null = realPath,
): ShellChoice {
  if (!wanted) return { ok: true, shell: commandShell() };
  const found = placesOf(wanted).find((path) => isSystems(path, real));
  if (found !== undefined) return { ok: true, shell: found };
  const known = SHELLS.filter((name) => placesOf(name).some((path) => isSystems(path, real)));
  const message = `shell ${JSON.stringify(wanted)} is not a shell of this system: leave it out, or use ${known.join(", ")}`;
  return { ok: false, message };
}

function placesOf(wanted: string): string[] {
  return SHELLS.flatMap((name) => DIRECTORIES.map((directory) => ({ name, path: `${directory}/${name}` })))
    .filter(({ name, path }) => wanted === name || wanted === path)
    .map(({ path }) => path);
}

function isSystems(path: string, real: (path: string) => string | null): boolean {
  const place = real(path);
  return place !== null && HOMES.some((home) => isWithin(place, home));
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    // There is no such shell here.
    return null;
  }
}
