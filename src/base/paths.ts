import { isAbsolute, relative, sep } from "node:path";

/** An empty part, `.` or `..`: a path without them has one spelling, and is compared as it is. */
const ODD_PART = /\/\.{0,2}(?:\/|$)/;

/** True when `path` is `directory` or lies beneath it. By name alone, `..` resolved: links are the caller's business. Both absolute. */
export function isWithin(path: string, directory: string): boolean {
  if (!ODD_PART.test(path) && !ODD_PART.test(directory)) return path === directory || path.startsWith(directory + sep);
  const way = relative(directory, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** True when `path` lies beneath `directory` and is not the directory itself. */
export function isBeneath(path: string, directory: string): boolean {
  return path !== directory && isWithin(path, directory) && relative(directory, path) !== "";
}

/** A path for people: `~` for the home directory. */
export function fromHome(path: string, home: string): string {
  return isWithin(path, home) && home !== "/" ? `~${path.slice(home.length)}` : path;
}

/**
 * True when a part of `path` is a name that some file system takes for `.git`: in any case, with the invisible characters that HFS+
 * leaves out, or as NTFS has it (`git~1`, blanks and dots or a stream behind it). git itself refuses the same names.
 */
export function namesGitDirectory(path: string): boolean {
  return path.split(/[/\\]/).some((part) => GIT_NAME.test(part.replace(LEFT_OUT_BY_HFS, "")));
}

const GIT_NAME = /^(?:\.git|git~1)[ .]*(?::.*)?$/i;
/** The characters of Unicode that HFS+ does not compare. */
const LEFT_OUT_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
