import { cells } from "../../term/index.ts";
import type { Look } from "./contract.ts";

/** A path without the directory that the thread works in. */
export function shortPath(path: string, { directory }: Look): string {
  const root = directory?.endsWith("/") ? directory : `${directory}/`;
  return directory !== null && path.startsWith(root) && path !== root ? path.slice(root.length) : path;
}

/** The end of a path that fits, `…/` before it: the name at its end is what one looks for. */
export function endOfPath(path: string, columns: number): string {
  if (cells(path) <= columns) return path;
  const parts = path.split("/");
  const from = parts.findIndex((_, at) => at > 0 && cells(`…/${parts.slice(at).join("/")}`) <= columns);
  return `…/${parts.slice(from < 0 ? -1 : from).join("/")}`;
}
