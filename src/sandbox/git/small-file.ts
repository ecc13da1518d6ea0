import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { lstatOf } from "../paths.ts";

/** Above this no `.git` file, `commondir`, todo list or config is worth reading: real ones have some hundred bytes. */
const MAX_BYTES = 4 * 1024 * 1024;

/** A regular file's text; empty when there is none, or when it is no file that git would have written. Never waits. */
export function readText(file: string): string {
  try {
    const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(fd);
      return stat.isFile() && stat.size <= MAX_BYTES ? readFileSync(fd, "utf8") : "";
    } finally {
      closeSync(fd);
    }
  } catch {
    return "";
  }
}

/** The line of a file that has but one; null when there is none. */
export function readLine(file: string): string | null {
  const text = readText(file);
  return text === "" ? null : text.replace(/[\r\n]+$/, "");
}

/** True for a file that `readText` reads whole, and where there is none. */
export function isReadable(file: string): boolean {
  const stat = lstatOf(file);
  return stat === null || (stat.isFile() && stat.size <= MAX_BYTES);
}
