import { isUtf8 } from "node:buffer";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { FAILED, isWithin, namesGitDirectory, readRegular, TOO_LARGE } from "../../base/index.ts";
import type { Flags, Host } from "../contract.ts";
import { type GitRefusal, type GitResult, openGit } from "../patch/git-run.ts";

/** Bytes of files that are given along: about half a million tokens, what large models take at most beside their work. */
const MAX_BYTES = 2_000_000;
/** A file above this size is data or generated; the model can still read it with a command. */
const MAX_FILE_BYTES = 200_000;
/** No text has this alone: it holds a NUL. */
const NOT_SENT = "\0";

/**
 * Every text file of the project that git does not ignore, as one text for the model. What does not fit is named, so that
 * the model knows what it has not seen.
 */
export async function fullContext(cwd: string, flags: Flags, host: Host): Promise<GitResult> {
  const files: string[] = [];
  const left_out: string[] = [];
  let bytes = 0;
  const names = await projectFiles(cwd, flags, host);
  if ("message" in names) return names;
  for (const name of names) {
    const text = readText(name, cwd);
    if (text === null) continue;
    if (text === NOT_SENT || bytes + text.length > MAX_BYTES) left_out.push(name);
    else {
      bytes += text.length;
      files.push(`<file path="${name}">\n${text}${text.endsWith("\n") ? "" : "\n"}</file>`);
    }
  }
  const whole = [
    "All text files of the project follow, as they are now. Make your edits in as few steps as you can.",
    ...files,
    ...(left_out.length > 0 ? [`Left out, because they are too big:\n${left_out.join("\n")}`] : []),
  ].join("\n\n");
  // What a command would not be given, a file that is sent does not give away either.
  return { ok: true, text: host.secrets.redact(whole) };
}

/** None where there is no repository. Where git cannot be confined, nothing is read. */
async function projectFiles(cwd: string, flags: Flags, host: Host): Promise<string[] | GitRefusal> {
  const opened = await openGit(host, flags, cwd);
  if (!opened.ok) return opened;
  const listed = await opened.git.output(["ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd);
  if (!listed.ok && (listed.stopped || listed.exit !== FAILED)) return listed;
  const names = listed.ok ? listed.text.split("\0") : [];
  return [...new Set(names.filter((name) => name !== ""))].sort();
}

/**
 * null for what is no regular file (a link could lead anywhere), no UTF-8, or holds a NUL byte; and for what an index can name
 * although it is none of the project: something outside, behind a link, or git's own.
 */
function readText(name: string, cwd: string): string | null {
  const path = join(cwd, name);
  if (namesGitDirectory(name) || !isInside(path, cwd)) return null;
  const read = readRegular(path, MAX_FILE_BYTES, "refuse");
  if (!read.ok) return read.code === TOO_LARGE ? NOT_SENT : null;
  return isUtf8(read.bytes) && !read.bytes.includes(0) ? read.bytes.toString("utf8") : null;
}

function isInside(path: string, cwd: string): boolean {
  try {
    return isWithin(realpathSync(path), realpathSync(cwd));
  } catch {
    // There is nothing, or it may not be looked at.
    return false;
  }
}
