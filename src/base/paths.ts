import { isAbsolute, relative, sep } from "node:path";

/** True when `path` is `directory` or lies beneath it. By name alone, `..` resolved: links are the caller's business. Both absolute. */
export function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** True when `path` lies beneath `directory` and is not the directory itself. */
export function isBeneath(path: string, directory: string): boolean {
  return isWithin(path, directory) && relative(directory, path) !== "";
}
