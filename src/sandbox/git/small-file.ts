import { readRegular } from "../../base/index.ts";
import { noted } from "../witness.ts";

/** Above this no `.git` file, `commondir`, todo list or config is worth reading: real ones have some hundred bytes. */
const MAX_BYTES = 4 * 1024 * 1024;

/** A regular file's text; empty when there is none, or when it is no file that git would have written. Never waits. */
export function readGitFile(file: string): string {
  const read = readRegular(noted(file, true), MAX_BYTES);
  return read.ok ? read.bytes.toString("utf8") : "";
}

/** The line of a file that has but one; null when there is none. */
export function readLine(file: string): string | null {
  const text = readGitFile(file);
  return text === "" ? null : text.replace(/[\r\n]+$/, "");
}

/** True for a file that `readText` reads whole, and where there is none. */
export function isReadable(file: string): boolean {
  const read = readRegular(file, MAX_BYTES, "refuse");
  return read.ok || read.code === "ENOENT" || read.code === "ENOTDIR";
}
