import type { Look } from "./contract.ts";

/** A path without the directory that the thread works in. */
export function shortPath(path: string, { directory }: Look): string {
  const root = directory?.endsWith("/") ? directory : `${directory}/`;
  return directory !== null && path.startsWith(root) && path !== root ? path.slice(root.length) : path;
}
