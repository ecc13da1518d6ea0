import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { type ConfigError, fileError } from "./problem.ts";

export type FileText =
  | { ok: true; text: string; bytes: Uint8Array }
  | { ok: false; absent: boolean; link: boolean; error: ConfigError };

/** Largest configuration file that is read: real ones are a few kilobytes, and a device or a log must not be swallowed. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Reads a small text file; an absent one (also below an absent directory) is told apart from an unreadable one. Opened first
 * and looked at then, without waiting: a pipe or a device that lies there in a file's place must not hold moat up. With `no-links`
 * a symbolic link is refused with the code ELOOP.
 */
export function readText(file: string, follow: "follow" | "no-links" = "follow"): FileText {
  let fd: number | null = null;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | (follow === "follow" ? 0 : constants.O_NOFOLLOW));
    const stat = fstatSync(fd);
    if (!stat.isFile()) return refuse(file, "it is not a file. Move it away or put a file in its place.");
    if (stat.size > MAX_BYTES)
      return refuse(file, `it has ${stat.size} bytes, more than the ${MAX_BYTES} that are read.`);
    const bytes = readFileSync(fd);
    return { ok: true, text: bytes.toString("utf8"), bytes };
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR")
      return { ok: false, absent: true, link: false, error: fileError(file, "not there") };
    if (code === "ELOOP") return { ...refuse(file, "it is a link."), link: true };
    const next =
      code === "EACCES" ? "Give yourself the right to read it, or remove it." : "Check the file and its disk.";
    return refuse(file, `the system says ${code}. ${next}`);
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/** What is wrong with MOAT_HOME; null when it is a directory that can be entered, or is not there yet. */
export function checkHome(moat_home: string): ConfigError | null {
  const purpose = "moat keeps its settings and threads there";
  try {
    if (statSync(moat_home).isDirectory()) {
      // Fails when the directory may not be entered.
      statSync(`${moat_home}/.`);
      return null;
    }
    const message = `MOAT_HOME is ${moat_home}, which is not a directory; ${purpose}. Set MOAT_HOME to a directory, or unset it to use ~/.moat.`;
    return fileError(moat_home, message);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return null;
    const why = code === "ENOTDIR" ? "a part of the path is a file" : `the system says ${code}`;
    const message = `MOAT_HOME is ${moat_home}, which cannot be used: ${why}; ${purpose}. Set MOAT_HOME to a directory that you may read, or unset it to use ~/.moat.`;
    return fileError(moat_home, message);
  }
}

function refuse(file: string, why: string): Extract<FileText, { ok: false }> {
  return { ok: false, absent: false, link: false, error: fileError(file, `cannot read this file: ${why}`) };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
