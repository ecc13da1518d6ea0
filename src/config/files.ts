import { statSync } from "node:fs";
import { NOT_A_FILE, readRegular, TOO_LARGE } from "../base/index.ts";
import { type ConfigError, fileError } from "./problem.ts";

export type FileText =
  | { ok: true; text: string; bytes: Uint8Array }
  | { ok: false; absent: boolean; link: boolean; error: ConfigError };

/** Largest configuration file that is read: real ones are a few kilobytes, and a device or a log must not be swallowed. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Reads a small text file; an absent one (also below an absent directory) is told apart from an unreadable one, and so is a
 * symbolic link where `no-links` refuses them.
 */
export function readText(file: string, follow: "follow" | "no-links" = "follow"): FileText {
  const read = readRegular(file, MAX_BYTES, follow === "follow" ? "follow" : "refuse");
  if (read.ok) return { ok: true, text: read.bytes.toString("utf8"), bytes: read.bytes };
  const { code, why } = read;
  if (code === "ENOENT" || code === "ENOTDIR")
    return { ok: false, absent: true, link: false, error: fileError(file, "not there") };
  const error = fileError(file, `cannot read this file: ${why}. ${REMEDIES[code] ?? "Check the file and its disk."}`);
  return { ok: false, absent: false, link: code === "ELOOP", error };
}

const REMEDIES: Record<string, string> = {
  EACCES: "Give yourself the right to read it, or remove it.",
  ELOOP: "Put a file in its place.",
  [NOT_A_FILE]: "Move it away or put a file in its place.",
  [TOO_LARGE]: "Make it smaller, or move it away.",
};

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

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
