import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { readRepository } from "../git/layout.ts";
import { allSettings, type GitSetting, gitUser } from "../git/settings.ts";
import { readGitFile, readLine } from "../git/small-file.ts";

/** What is true outside the sandbox, of the user whom a command works for. */
export interface UserWorld {
  /** Absolute. */
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  uid: number;
  /** All settings of git that count in a directory, the strongest last. */
  gitSettings(directory: string): GitSetting[];
  /** The branch that is checked out there; null: none. */
  branch(directory: string): string | null;
  /** The text of a small file; empty where there is none. */
  text(path: string): string;
  /** Names in a directory; none where there is no such directory. */
  names(directory: string): string[];
  exists(path: string): boolean;
  /** Where a socket really lies; null where there is none. */
  socket(path: string): string | null;
}

/** This machine, asked now: what a question opens is what is there when it is asked. */
export function outsideOf(home: string, env: UserWorld["env"]): UserWorld {
  return {
    home,
    env,
    uid: process.getuid?.() ?? 0,
    gitSettings: (directory) => allSettings(readRepository(directory), gitUser(home, env)),
    branch(directory) {
      const layout = readRepository(directory);
      const head = layout === null ? null : readLine(join(layout.git_dir, "HEAD"));
      return head?.startsWith("ref: refs/heads/") ? head.slice("ref: refs/heads/".length) : null;
    },
    text: readGitFile,
    names(directory) {
      try {
        return readdirSync(directory);
      } catch {
        return [];
      }
    },
    exists: existsSync,
    socket,
  };
}

function socket(path: string): string | null {
  try {
    const real = realpathSync(path);
    return statSync(real).isSocket() ? real : null;
  } catch {
    return null;
  }
}
